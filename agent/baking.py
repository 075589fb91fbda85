"""Installs what a node needs without making it a node: an image of this machine installs nothing at its first boot."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.model.events import Events
from agent.model.failure import Failed
from agent.model.step import Step
from agent.model.wanted import read
from agent.steps.images import ImagesStep, StaticImagesStep
from agent.steps.programs import ProgramsStep
from agent.steps.runtime import SOCKET
from agent.system.host import Host
from agent.system.machine import Machine
from agent.system.services import Services
from agent.system.waiting import wait_until_healthy

CONTAINERD_SECONDS = 30.0


def bake(host: Host, events: Events, directory: Path) -> int:
    """Install programs and packages and import images, from the source that node.json names; 0. Raises Failed, OSError.

    The node's first `apply` finds all of it, as long as the plan still names the same files; changed files are
    installed as on any other node.
    """
    wanted = read(directory)
    machine = Machine(host=host, wanted=wanted, previous={}, services=Services(host), events=events)
    changed = [*_bring(ProgramsStep(machine), events)]
    if any(artifact.kind == "image" for artifact in wanted.manifest.artifacts):
        with _containerd(host):
            changed += [*_bring(StaticImagesStep(machine), events), *_bring(ImagesStep(machine), events)]
    shutil.rmtree(host.state("store"), ignore_errors=True)  # downloads that have been imported
    text = f"baked: {', '.join(changed) or 'nothing new'}"
    events.result(ok=True, text=text, changed=changed, member=False, found=[])
    return 0


def _bring(step: Step, events: Events) -> Iterator[str]:
    if not step.differences():
        return
    events.step(step.name, "applying")
    step.apply()
    step.verify()
    events.step(step.name, "done")
    yield step.name


@contextmanager
def _containerd(host: Host) -> Iterator[None]:
    """Run containerd with its defaults unless it runs already: importing needs none of a node's configuration."""
    socket = host.path(SOCKET)
    if socket.exists():
        yield
        return
    daemon = subprocess.Popen(
        ["containerd"],
        env=host.commands.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def problem() -> str | None:
        if daemon.poll() is not None:
            raise Failed(f"containerd ended with {daemon.returncode} instead of importing images")
        return None if socket.exists() else f"{SOCKET} does not exist"

    try:
        wait_until_healthy(problem, seconds=CONTAINERD_SECONDS, what="containerd")
        yield
    finally:
        daemon.terminate()
        daemon.wait(timeout=CONTAINERD_SECONDS)
