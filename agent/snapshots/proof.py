"""A proof that the newest snapshot can be used: a temporary member is started from it, and its content is read.

Runs in a unit with its own network (only loopback), so it cannot reach the cluster, and the cluster's
ports are free. Memory is bounded by the unit. Only a description of the result stays.
"""

import base64
import json
import re
import shutil
import subprocess
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from agent.kubernetes.secretbox import NotOpened, keys, open_object
from agent.model.failure import Failed
from agent.model.json_reading import Malformed, parse
from agent.snapshots import folder
from agent.snapshots.description import ENCRYPTION
from agent.snapshots.folder import Kept
from agent.system.commands import CommandFailed
from agent.system.files import digest, install, make_directory
from agent.system.host import Host

RESULT = "proof.json"
CLIENT, PEER = "http://127.0.0.1:2379", "http://127.0.0.1:2380"
RESTORE_SECONDS = 900.0
START_SECONDS = 120.0
REGISTRY, SECRETS = "/registry/", "/registry/secrets/"
_COUNT = re.compile(r'^"Count" : (\d+)$', re.MULTILINE)
OBJECT = b"k8s\0"  # before every object that is stored as protobuf (apimachinery, protobuf serializer)


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Times are RFC 3339: `at` of this proof, `proved` of the last good one, '' if there was none.

    `snapshot`: the file's name; `seen` says what was found or why it failed.
    """

    at: str
    snapshot: str
    well: bool
    seen: str
    proved: str = ""

    @property
    def age_seconds(self) -> float:
        """Seconds since the proof was made."""
        return (datetime.now(UTC) - datetime.fromisoformat(self.at)).total_seconds()


def last(host: Host) -> Proof | None:
    """The result of the last proof, or None."""
    try:
        found = parse(host.state(RESULT).read_bytes(), at=RESULT)
        return Proof(
            at=found["at"].text(),
            snapshot=found["snapshot"].text(),
            well=found["well"].flag(),
            seen=found["seen"].text(),
            proved=found["proved"].text(""),
        )
    except (OSError, Malformed):
        return None


def prove(host: Host) -> Proof:
    """Prove the newest snapshot of this node and keep the result. Raises Malformed, OSError."""
    snapshot, before = folder.newest(host), last(host)
    name, well = snapshot.path.name if snapshot else "", False
    try:
        seen, well = _restored(host, snapshot), True
    except (Failed, Malformed, NotOpened, OSError) as error:
        seen = str(error)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    proved = now if well else before.proved if before else ""
    proof = Proof(at=now, snapshot=name, well=well, seen=seen, proved=proved)
    install(host.state(RESULT), json.dumps(asdict(proof), indent=1).encode(), mode=0o600)
    return proof


def _restored(host: Host, snapshot: Kept | None) -> str:
    if snapshot is None:
        raise Failed("this node keeps no snapshot")
    if digest(snapshot.path) != snapshot.about.sha256:
        raise Failed(f"{snapshot.path.name} does not match its description: truncated or corrupt")
    place = host.state("proof")
    shutil.rmtree(place, ignore_errors=True)
    make_directory(place, mode=0o700)
    began = time.monotonic()
    try:
        data = place / "data"
        host.commands.run(
            *("etcdutl", "snapshot", "restore", str(snapshot.path), "--name=proof", f"--initial-cluster=proof={PEER}"),
            *(f"--initial-advertise-peer-urls={PEER}", f"--data-dir={data}"),
            timeout=RESTORE_SECONDS,
        )
        return f"{_content(host, data)}, in {time.monotonic() - began:.0f} s"
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _content(host: Host, data: Path) -> str:
    command = [
        *("etcd", "--name=proof", f"--data-dir={data}", f"--listen-client-urls={CLIENT}"),
        *(f"--advertise-client-urls={CLIENT}", f"--listen-peer-urls={PEER}", "--unsafe-no-fsync", "--log-level=error"),
    ]
    member = subprocess.Popen(command, env=host.commands.environment, stderr=subprocess.PIPE, text=True)
    try:
        _await(host, member)
        count = _count(host)
        if not count:
            raise Failed("the member that was started from it has no Kubernetes objects")
        return f"{count} objects, {_secret(host)}"
    finally:
        member.kill()
        member.communicate()


def _await(host: Host, member: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        if member.poll() is not None:
            raise Failed(f"the member exited: {(member.communicate()[1] or '')[-500:].strip()}")
        try:
            host.commands.run("etcdctl", f"--endpoints={CLIENT}", "endpoint", "health", timeout=10.0)
        except CommandFailed as error:
            if time.monotonic() > deadline:
                raise Failed(f"the member did not serve within {START_SECONDS:.0f} s: {error}") from error
            time.sleep(0.3)
        else:
            return


def _secret(host: Host) -> str:
    found = parse(_get(host, "json", SECRETS, "--limit=1"), at="etcdctl get")["kvs"].items()
    if not found:
        return "no Secret among them"
    stored = base64.b64decode(found[0]["value"].text(""))
    path = host.path(ENCRYPTION)
    name, content = open_object(stored, keys(path.read_text()) if path.exists() else {})
    if not content.startswith(OBJECT):
        raise Failed(f"a Secret opened with {name} is not a Kubernetes object")
    return "a Secret in plain text read" if name == "identity" else f"a Secret opened with {name}"


def _count(host: Host) -> int:
    # etcdctl only shows a count in this form
    found = _COUNT.search(_get(host, "fields", REGISTRY, "--count-only"))
    return int(found.group(1)) if found else 0


def _get(host: Host, form: str, prefix: str, *more: str) -> str:
    words = ("etcdctl", f"--endpoints={CLIENT}", f"--write-out={form}", "get", prefix, "--prefix", *more)
    return host.commands.run(*words, timeout=60.0)
