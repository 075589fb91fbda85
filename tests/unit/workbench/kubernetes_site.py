"""The kubernetes stand-in as the engine asks it, without the wire."""

from dataclasses import dataclass, field

from provider.protocol.log import EngineLog, Progress
from provider.protocol.messages import Found, Request
from provider.protocol.values import Properties, Value
from workbench.stand_ins.kubernetes.kinds import KINDS
from workbench.stand_ins.kubernetes.plugin import Kubernetes


class Told(Progress):
    """Keeps what a user would see."""

    def __init__(self) -> None:
        super().__init__(EngineLog(""), "")
        self.lines: list[str] = []

    def warning(self, text: str) -> None:
        self.lines.append(text)


@dataclass
class Site:
    """A configured stand-in. `told` has the warnings."""

    provider: Kubernetes
    told: Told = field(default_factory=Told)

    def create(self, made: Properties, *, preview: bool = False, seconds: float = 5.0) -> tuple[str, Properties]:
        return self.provider.create(self._about(made, preview=preview, seconds=seconds))

    def read(self, made: Properties, identity: str, state: Properties) -> Found | None:
        return self.provider.read(self._about(made, id=identity, state=state))

    def delete(self, made: Properties, identity: str, *, seconds: float = 5.0) -> None:
        self.provider.delete(self._about({}, kind=str(made["kind"]), id=identity, state=made, seconds=seconds))

    def problems(self, made: Properties, *, kind: str = "") -> list[str]:
        return [*self.provider.check(self._about(made, kind=kind)).problems]

    def replacing(self, old: Properties, new: Properties) -> tuple[str, ...]:
        return tuple(self.provider.diff(self._about(new, old=old)).replacing)

    def _about(
        self,
        inputs: Properties,
        *,
        kind: str = "",
        id: str = "",  # noqa: A002 -- the engine's word
        old: Properties | None = None,
        state: Properties | None = None,
        preview: bool = False,
        seconds: float = 0.0,
    ) -> Request:
        return Request(
            urn=f"urn:pulumi:test::quorate::{KINDS[kind or str(inputs['kind'])].token}::name",
            id=id,
            inputs=inputs,
            old_inputs=old or {},
            state=state or {},
            preview=preview,
            seconds=seconds,
            progress=self.told,
        )


def site(kubeconfig: str, **settings: Value) -> Site:
    provider = Kubernetes()
    given: Properties = {"kubeconfig": kubeconfig, "clusterIdentifier": "test", **settings}
    provider.configure(given, Told())
    return Site(provider)


def an_object(kind: str, name: str, *, namespace: str = "default", **content: Value) -> Properties:
    known = KINDS[kind]
    place: Properties = {"namespace": namespace} if known.namespaced else {}
    return {"apiVersion": known.api_version, "kind": kind, "metadata": {"name": name, **place}, **content}


def deployment(*, image: str = "registry.invalid/web:1", cpu: str = "100m", replicas: int = 1) -> Properties:
    """Two containers with ports, as data."""
    containers: list[Value] = [
        {"name": "side", "image": "registry.invalid/side:1"},
        {
            "name": "web",
            "image": image,
            "args": ["--one", "--two"],
            "ports": [{"containerPort": 80}, {"containerPort": 53, "protocol": "UDP"}],
            "resources": {"requests": {"cpu": cpu}},
        },
    ]
    return an_object(
        "Deployment",
        "web",
        spec={
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": containers}},
        },
    )


def unwaited(made: Properties) -> Properties:
    """Without waiting for controllers, of which there is none."""
    metadata = made["metadata"]
    assert isinstance(metadata, dict)
    return {**made, "metadata": {**metadata, "annotations": {"pulumi.com/skipAwait": "true"}}}
