from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from provider.hosts.agent_archive import Agent
from provider.hosts.cluster import ClusterKind
from provider.hosts.node import NodeKind
from provider.hosts.session import Sessions
from provider.protocol.log import EngineLog, Progress
from provider.protocol.messages import Request
from provider.protocol.values import Properties
from tests.unit.provider.sshd import ABSENT, Sshd

FAKE_AGENT = Path(__file__).parent / "agent"
URN = "urn:pulumi:test::quorate::quorate:hosts:Node::cp1"


@dataclass(frozen=True)
class Line:
    """A line in the engine's log. `lasting`: not only the status of a row."""

    text: str
    lasting: bool
    warning: bool
    urn: str


class Engine(engine_pb2_grpc.EngineServicer):
    """The engine's end of the log: keeps what a user would see."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._server = grpc.server(ThreadPoolExecutor(max_workers=4))
        engine_pb2_grpc.add_EngineServicer_to_server(self, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def Log(self, request: engine_pb2.LogRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: ARG002, N802
        warning = request.severity == engine_pb2.WARNING
        self.lines.append(Line(request.message, lasting=not request.ephemeral, warning=warning, urn=request.urn))
        return empty_pb2.Empty()

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    def stop(self) -> None:
        self._server.stop(None)


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.stop()


@pytest.fixture
def start_sshd(tmp_path: Path) -> Iterator[Callable[..., Sshd]]:
    if ABSENT:
        pytest.skip(ABSENT)
    started: list[Sshd] = []

    def start(options: str = "") -> Sshd:
        folder = tmp_path / f"sshd{len(started)}"
        folder.mkdir()
        started.append(Sshd(folder, options=options))
        return started[-1]

    yield start
    for each in started:
        each.stop()


@pytest.fixture
def sshd(start_sshd: Callable[..., Sshd]) -> Sshd:
    return start_sshd()


@pytest.fixture
def sessions() -> Sessions:
    return Sessions()


@pytest.fixture
def node(sessions: Sessions) -> NodeKind:
    return NodeKind(Agent(FAKE_AGENT), sessions)


@pytest.fixture
def cluster(sessions: Sessions) -> ClusterKind:
    return ClusterKind(Agent(FAKE_AGENT), sessions)


@pytest.fixture
def ask(engine: Engine) -> Callable[..., Request]:
    def request(urn: str = URN, **parts: object) -> Request:
        return Request(urn=urn, progress=Progress(EngineLog(engine.address), urn), **parts)  # type: ignore[arg-type]

    return request


SECRET = "the-private-half-7c41"


def inputs(connection: Properties, **changed: object) -> Properties:
    """A small node: one file, one secret."""
    given: dict[str, object] = {
        "name": "cp1",
        "connection": connection,
        "manifest": '{"cluster": "test", "members": []}',
        "files": {"/etc/etcd/cluster.env": {"content": "ETCD_NAME=cp1\n", "mode": 0o644, "step": "etcd"}},
        "secrets": {"/etc/etcd/pki/server.key": {"content": SECRET, "mode": 0o600, "step": "etcd"}},
        "generation": "g1",
        "agent": "0",
        **changed,
    }
    return given  # type: ignore[return-value]
