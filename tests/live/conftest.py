"""The live tier: one real cluster for all its tests, its progress, and its figures at the end."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.capture import CaptureManager
from _pytest.terminal import TerminalReporter

from offline.places import ROOT
from tests.live import cluster as live
from tests.live.command_lines import CommandLines
from tests.live.drills.machines import LocalMachines
from tests.live.figures import Figures
from tests.live.leftovers import leftovers
from tests.live.prerequisites import missing
from tests.live.progress import Progress
from tests.live.stack import Stack

FIGURES = pytest.StashKey[Figures]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = Figures()


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    figures = config.stash[FIGURES].lines
    if figures:
        terminalreporter.section("measured by the live tests")
        width = max(len(subject) for subject, _ in figures)
        for subject, finding in figures:
            terminalreporter.write_line(f"{subject:<{width}}  {finding}")
    skipped = {str(report.longrepr[2]) for report in terminalreporter.getreports("skipped") if report.longrepr}
    for reason in sorted(reason for reason in skipped if "live: " in reason):
        terminalreporter.section("not run")
        terminalreporter.write_line(reason.removeprefix("Skipped: "))


@pytest.fixture(scope="session")
def progress(pytestconfig: pytest.Config) -> Progress:
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    return Progress(capture if isinstance(capture, CaptureManager) else None)


@pytest.fixture(scope="session")
def cluster(pytestconfig: pytest.Config, progress: Progress) -> Iterator[live.Cluster]:
    """Three machines that serve; destroyed at the end, whatever the tests did to them."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    command_lines, figures = CommandLines(), pytestconfig.stash[FIGURES]
    stack = Stack(live.NAME, progress=progress, command_lines=command_lines)
    if stack.is_left_over or leftovers(fleet=live.NAME, bridge=live.BRIDGE):
        progress.say("an earlier run was cut off: what it left goes first")
        remove_machines()
        stack.forget()
    machines = LocalMachines(fleet=live.NAME, names=tuple(live.NODES))
    try:
        stack.create(live.settings())
        made = stack.up().good()
        figures.add("pulumi up, three empty machines", f"{made.seconds:.1f} s")
        site = live.site(live.kubeconfig(stack), machines)
        site.wait_until_whole(seconds=live.SERVING_SECONDS)
        yield live.Cluster(
            stack=stack,
            site=site,
            machines=machines,
            command_lines=command_lines,
            figures=figures,
            progress=progress,
        )
        gone = stack.destroy().good()
        figures.add("pulumi destroy", f"{gone.seconds:.1f} s")
        left = leftovers(fleet=live.NAME, bridge=live.BRIDGE)
        assert not left, f"destroy left behind: {', '.join(left)}"
        stack.remove()
    finally:
        if leftovers(fleet=live.NAME, bridge=live.BRIDGE):
            remove_machines()
        stack.forget()
        (ROOT / ".quorate" / "kubeconfig" / f"{live.NAME}.yaml").unlink(missing_ok=True)


def remove_machines() -> None:
    """Take the machines away without Pulumi: the way out after a failure."""
    command = [sys.executable, "-m", "machines", "destroy", live.NAME]
    subprocess.run(command, cwd=Path(ROOT), check=True, capture_output=True)
