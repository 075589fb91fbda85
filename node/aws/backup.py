"""A snapshot of etcd: taken from this node's own member, checked, and added to the bucket of backups."""

import time
from datetime import UTC, datetime
from pathlib import Path

from node.aws import figures
from node.aws.contact import Aws, Question, Refused
from node.etcd.cluster import PKI
from node.events import Events
from node.failure import Failed
from node.files import make_directory
from node.host import Host
from node.json_reading import parse
from node.memory import Memory
from node.record import Record

STEP = "backup"
SAVE_SECONDS = 900.0


def back_up(host: Host, aws: Aws, events: Events) -> str:
    """Take, check, upload; what was done, in words. Raises Failed, Malformed, OSError."""
    wanted = parse((Memory(host).wanted / "node.json").read_bytes(), at="node.json")
    store, address = wanted["backups"], wanted["node"]["address"].text()
    folder = host.state("snapshots")
    make_directory(folder, mode=0o700)
    for left in folder.iterdir():
        left.unlink()
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.db"
    path = folder / name
    try:
        events.step(STEP, "applying", "taking a snapshot")
        _save(host, address, path)
        events.step(STEP, "verifying")
        said = check(host, path)
        key = f"{store['prefix'].text()}{name}"
        _upload(aws, bucket=store["bucket"].text(), key=key, path=path)
    finally:
        path.unlink(missing_ok=True)
    Record(host, "figures").update(**{figures.BACKED_UP: str(time.time())})
    figures.tell(host, aws, lambda text: events.step(STEP, "failed", text))
    return f"{key}: {said}"


def _save(host: Host, address: str, path: Path) -> None:
    endpoint = f"https://{f'[{address}]' if ':' in address else address}:2379"
    host.commands.run(
        "etcdctl",
        f"--endpoints={endpoint}",
        f"--cacert={host.path(PKI)}/ca.crt",
        f"--cert={host.path(PKI)}/healthcheck-client.crt",
        f"--key={host.path(PKI)}/healthcheck-client.key",
        "snapshot",
        "save",
        str(path),
        timeout=SAVE_SECONDS,
    )


def check(host: Host, path: Path) -> str:
    """What the snapshot holds, in words; etcdutl reads all of it and verifies its hash. Raises Failed."""
    said = parse(
        host.commands.run("etcdutl", "--write-out=json", "snapshot", "status", str(path), timeout=SAVE_SECONDS),
        at="etcdutl",
    )
    revision, keys, size = said["revision"].number(0), said["totalKey"].number(0), said["totalSize"].number(0)
    if revision < 1 or keys < 1:
        raise Failed(f"the snapshot holds {keys} keys at revision {revision}: it is not uploaded")
    return f"revision {revision}, {keys} keys, {size} bytes"


def _upload(aws: Aws, *, bucket: str, key: str, path: Path) -> None:
    question = Question(service="s3", method="PUT", path=f"/{key}", bucket=bucket, file=path)
    try:
        aws.ask(question)
    except (Refused, OSError) as error:
        raise Failed(f"the snapshot could not be uploaded to {bucket}: {error}") from error
