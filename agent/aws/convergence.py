"""One convergence of this instance: started at boot and by a timer every few minutes."""

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from agent.aws import begun, disk, figures, shipment
from agent.aws.client import Aws
from agent.aws.report import Report
from agent.model.events import Events
from agent.model.failure import Failed
from agent.model.json_reading import Malformed
from agent.system.files import make_directory
from agent.system.host import Host

MEMORY = "/run/quorate"  # on tmpfs: keys in transit are never written to a disk


def converge(host: Host, aws: Aws, apply: Callable[[Events, Path], int]) -> int:
    """Mount, download, verify, apply, report, send metrics; the exit status. Raises Failed, Malformed, OSError."""
    results: list[str] = []

    def write(line: str) -> None:
        if (event := json.loads(line))["event"] == "result":
            results.append(str(event["text"]))
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    events = Events(write, begun=lambda: begun.note(aws))
    report = Report(host, aws, lambda text: events.step("report", "failed", text))
    try:
        status = _converge(host, aws, events, report, apply)
    except (Failed, Malformed, OSError) as error:
        report.send("failed", str(error))
        raise
    report.send(*(("converged",) if status == 0 else ("failed", "; ".join(results))))
    figures.tell(host, aws, lambda text: events.step("figures", "failed", text))
    return status


def _converge(host: Host, aws: Aws, events: Events, report: Report, apply: Callable[[Events, Path], int]) -> int:
    disk.mount(host, lambda text: events.step("volume", "applying", text))
    make_directory(host.path(MEMORY), mode=0o700)
    with tempfile.TemporaryDirectory(dir=host.path(MEMORY), prefix="wanted-") as folder:
        directory = Path(folder)
        report.begin(*shipment.fetch(aws, directory, may_begin=not begun.has_begun(aws)))
        return apply(events, directory)
