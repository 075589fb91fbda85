"""The live tier: one real cluster for all its tests, its progress, and its figures at the end."""

import os
from collections.abc import Iterator

import pytest
from _pytest.capture import CaptureManager
from _pytest.terminal import TerminalReporter

from workbench.lab.cluster import SERVING_SECONDS, Cluster, left, site, standing
from workbench.lab.findings import Figures
from workbench.lab.ground import LIVE
from workbench.lab.machines import LocalMachines
from workbench.lab.prerequisites import missing
from workbench.lab.progress import Progress
from workbench.lab.recording import Recording
from workbench.lab.stack import Stack

KEEP = "QUORATE_KEEP_LIVE"  # 1: use the cluster that an earlier run left standing, and leave it standing again
FIGURES = pytest.StashKey[Figures]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--drill-runs", type=int, help="how often each recorded drill is run, instead of its own number")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that records is run as often as its mark says: `@pytest.mark.drill(runs=5)`."""
    if "recording" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("drill")
        runs = metafunc.config.getoption("--drill-runs", None) or (mark.kwargs.get("runs", 1) if mark else 1)
        metafunc.parametrize("recording", range(1, runs + 1), ids="run{}".format, indirect=True)


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
def cluster(pytestconfig: pytest.Config, progress: Progress) -> Iterator[Cluster]:
    """Three machines that serve; destroyed at the end, whatever the tests did to them."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    figures = pytestconfig.stash[FIGURES]
    stack = Stack(LIVE, progress=progress)
    keep = os.environ.get(KEEP) == "1"
    with standing(stack, keep=keep):
        made = stack.up().good()
        figures.add("pulumi up, three empty machines", f"{made.seconds:.1f} s")
        running = site(stack)
        running.wait_until_whole(seconds=SERVING_SECONDS)
        machines = LocalMachines(fleet=LIVE.name, names=tuple(LIVE.nodes))
        yield Cluster(stack=stack, site=running, machines=machines, figures=figures, progress=progress)
        if keep:
            return
        gone = stack.destroy().good()
        figures.add("pulumi destroy", f"{gone.seconds:.1f} s")
        assert not left(LIVE), f"destroy left behind: {', '.join(left(LIVE))}"
        stack.remove()


@pytest.fixture
def recording(request: pytest.FixtureRequest, cluster: Cluster) -> Recording:
    """Where a drill is written down; the cluster is whole when it begins."""
    cluster.site.wait_until_whole(seconds=SERVING_SECONDS)
    return Recording(site=cluster.site, run=request.param)
