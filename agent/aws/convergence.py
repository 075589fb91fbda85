"""One look at what is planned for this instance: by a timer every few minutes, and at every boot."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from agent.aws import begun, disk, figures, shipment
from agent.aws.client import Aws
from agent.model.events import Events
from agent.system.files import make_directory
from agent.system.host import Host

MEMORY = "/run/quorate"  # of tmpfs: keys on their way never touch a disk


def converge(host: Host, aws: Aws, apply: Callable[[Events, Path], int]) -> int:
    """Mount, fetch, verify, apply, tell figures; the exit status. Raises Failed, Malformed, OSError."""
    events = Events(begun=lambda: begun.note(aws))
    disk.mount(host, lambda text: events.step("volume", "applying", text))
    make_directory(host.path(MEMORY), mode=0o700)
    with tempfile.TemporaryDirectory(dir=host.path(MEMORY), prefix="wanted-") as folder:
        directory = Path(folder)
        shipment.fetch(aws, directory, may_begin=not begun.has_begun(aws))
        status = apply(events, directory)
    figures.tell(host, aws, lambda text: events.step("figures", "failed", text))
    return status
