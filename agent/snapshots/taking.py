"""Takes a snapshot of this node's own member, and reads and verifies all of it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agent.etcd.cluster import PKI
from agent.model.failure import Failed
from agent.model.json_reading import Json, Malformed, parse
from agent.snapshots.description import Description, keys
from agent.system.commands import CommandFailed
from agent.system.files import digest
from agent.system.host import Host
from agent.system.memory import Memory

SAVE_SECONDS = 900.0
_VERSION = re.compile(r"(\d+)\.(\d+)")


@dataclass(frozen=True, kw_only=True)
class Content:
    """The output of `etcdutl snapshot status`. `storage` is the version of the file format, empty before etcd 3.6."""

    revision: int
    entries: int
    storage: str


def take(host: Host, path: Path, *, alone: bool = False) -> Description:
    """Save a snapshot at the path, mode 0600, and describe it. Raises Failed, Malformed, OSError.

    `alone`: the quorum is lost permanently, and this member's data is the best available.
    """
    node = parse((Memory(host).wanted / "node.json").read_bytes(), at="node.json")
    address = node["node"]["address"].text()
    status = _status(host, address)
    if not status["leader"].number(0) and not alone:
        raise Failed("this node's member follows no leader: its data may be old, so no snapshot was taken")
    if status["isLearner"].flag():
        raise Failed("this node's member is still a learner: its data is not complete, so no snapshot was taken")
    _etcdctl(host, address, "snapshot", "save", str(path))
    path.chmod(0o600)
    content = check(host, path)
    return Description(
        cluster=node["cluster"].text(),
        node=node["node"]["name"].text(),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        cluster_id=f"{status['header']['cluster_id'].number():x}",
        revision=content.revision,
        entries=content.entries,
        size=path.stat().st_size,
        sha256=digest(path) or "",
        etcd=status["version"].text(),
        storage=content.storage,
        kubernetes=node["kubernetesVersion"].text(),
        keys=keys(host),
    )


def check(host: Host, path: Path) -> Content:
    """The snapshot's content; etcdutl reads all of it and verifies the hash at its end. Raises Failed."""
    try:
        said = host.commands.run("etcdutl", "--write-out=json", "snapshot", "status", str(path), timeout=SAVE_SECONDS)
        found = parse(said, at="etcdutl")
        content = Content(
            revision=found["revision"].number(0),
            entries=found["totalKey"].number(0),
            storage=found["version"].text(""),
        )
    except (CommandFailed, Malformed) as error:
        raise Failed(f"{path.name} is not a complete etcd snapshot: {error}") from error
    if content.revision < 1 or content.entries < 1:
        raise Failed(f"the snapshot holds {content.entries} keys at revision {content.revision}: it is unusable")
    return content


def minor(version: str) -> tuple[int, int]:
    """Major and minor of a version; (0, 0) without one."""
    found = _VERSION.search(version)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _status(host: Host, address: str) -> Json:
    answers = parse(_etcdctl(host, address, "--write-out=json", "endpoint", "status"), at="etcdctl").items()
    if len(answers) != 1:
        raise Failed(f"etcdctl responds for {len(answers)} members instead of this node's own")
    return answers[0]["Status"]


def _etcdctl(host: Host, address: str, *words: str) -> str:
    return host.commands.run(
        "etcdctl",
        f"--endpoints=https://{f'[{address}]' if ':' in address else address}:2379",
        f"--cacert={host.path(PKI)}/ca.crt",
        f"--cert={host.path(PKI)}/healthcheck-client.crt",
        f"--key={host.path(PKI)}/healthcheck-client.key",
        *words,
        timeout=SAVE_SECONDS,
    )
