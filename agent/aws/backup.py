"""Adds a snapshot of this node's own member to the backup bucket, with its description."""

import time
from datetime import UTC, datetime
from pathlib import Path

from agent.aws import figures
from agent.aws.client import Aws, AwsError, Call
from agent.model.events import Events
from agent.model.failure import Failed
from agent.model.json_reading import parse
from agent.snapshots.folder import UPLOADED
from agent.snapshots.taking import take
from agent.system.files import make_directory
from agent.system.host import Host
from agent.system.memory import Memory
from agent.system.record import Record

STEP = "backup"


def back_up(host: Host, aws: Aws, events: Events) -> str:
    """Take a snapshot, check it, upload it; returns a summary. Raises Failed, Malformed, OSError.

    The files stay until the next snapshot: the bucket can only be written to, and the proof reads what was uploaded.
    """
    store = parse((Memory(host).wanted / "node.json").read_bytes(), at="node.json")["backups"]
    folder = host.state(UPLOADED)
    make_directory(folder, mode=0o700)
    for left in folder.iterdir():
        left.unlink()
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    path, beside = folder / f"{name}.db", folder / f"{name}.json"
    try:
        events.step(STEP, "applying", "taking a snapshot")
        about = take(host, path)
        beside.write_text(about.text())
        key = f"{store['prefix'].text()}{name}"
        for file in (path, beside):
            _upload(aws, bucket=store["bucket"].text(), key=f"{key}{file.suffix}", path=file)
    except BaseException:
        path.unlink(missing_ok=True)
        beside.unlink(missing_ok=True)
        raise
    Record(host, "figures").update(**{figures.BACKED_UP: str(time.time())})
    figures.tell(host, aws, lambda text: events.step(STEP, "failed", text))
    return f"{key}.db: {about}"


def _upload(aws: Aws, *, bucket: str, key: str, path: Path) -> None:
    call = Call(service="s3", method="PUT", path=f"/{key}", bucket=bucket, file=path)
    try:
        aws.send(call)
    except (AwsError, OSError) as error:
        raise Failed(f"the snapshot could not be uploaded to {bucket}: {error}") from error
