"""The parts of the set-up in order. Each does only what is missing, so an interrupted run can be repeated."""

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from workbench.places import LAUNCHERS, ROOT
from workbench.programs import build
from workbench.programs.catalog import catalog
from workbench.progress import Failure, Progress
from workbench.setup import cli, debian, machine, plugins, private, python, stamp
from workbench.setup.purposes import Purpose, on_aws


def main(arguments: Sequence[str] | None = None) -> int:
    """Set up for the given purposes; 0 if everything exists afterwards."""
    parser = argparse.ArgumentParser(prog="python3 -m workbench.setup", description="Prepare this clone; see docs.")
    parser.add_argument(
        "--for",
        dest="purposes",
        action="append",
        type=Purpose,
        choices=list(Purpose),
        help="the purpose (may be repeated; default: up and test)",
    )
    parser.add_argument(
        "--download",
        action=argparse.BooleanOptionalAction,
        help="download official plugins, or use stand-ins (default: download if an official CLI is installed)",
    )
    parser.add_argument("--stack", default="", help="the stack, which determines the purpose if --for is not given")
    parser.add_argument("--emulate", action="store_true", help="the stack's AWS is emulated on this computer")
    given = parser.parse_args(arguments)
    real = on_aws(given.stack, ROOT) and not given.emulate
    purposes: list[Purpose] = given.purposes or ([Purpose.AWS] if real else [Purpose.UP, Purpose.TEST])
    todo = [purpose for purpose in purposes if not stamp.complete(purpose)]
    if not todo:
        return 0
    try:
        _set_up(todo, download=given.download)
    except Failure as failure:
        sys.stderr.write(f"setup: {failure}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("setup: interrupted; run it again to continue from here\n")
        return 130
    for purpose in todo:
        stamp.record(purpose)
    return 0


def _set_up(purposes: Sequence[Purpose], *, download: bool | None) -> None:
    if Purpose.UP in purposes and os.geteuid() != 0:
        message = "only root can create machines on this computer; run the same command with sudo"
        raise Failure(message)
    heavy = not set(purposes) <= {Purpose.LINT, Purpose.AWS}
    progress = Progress("setup", of=7 if heavy else 4 if Purpose.AWS in purposes else 2)
    with progress.part("packages of the distribution"):
        debian.ensure(purposes)
    with ThreadPoolExecutor(max_workers=1) as beside:
        # The image mostly waits for a mirror and the disk, the programs for the processors.
        image = beside.submit(machine.ensure_image) if heavy and os.geteuid() == 0 else None
        with progress.part("Python environment"):
            python.ensure()
        if heavy:
            _programs_and_plugins(progress, image, download=download)
        elif Purpose.AWS in purposes:
            _for_aws(progress)


def _for_aws(progress: Progress) -> None:
    """Set up the official CLI and plugins and this clone's keys, without builds and without root."""
    with progress.part("keys and state"):
        private.ensure()
    with progress.part("Pulumi"):
        found = cli.official()
        if found is None and not (LAUNCHERS / "pulumi").exists():
            message = "there is no Pulumi CLI of the version that this project needs; see pulumi.com"
            raise Failure(message)
        for name in ("tls", "kubernetes", "aws"):
            _say(plugins.ensure_official(name))


def _programs_and_plugins(progress: Progress, image: Future[None] | None, *, download: bool | None) -> None:
    found = cli.official()
    if download is None:
        # A state must not switch between official plugins and stand-ins, so an official CLI gets official plugins here
        # as in the workflows.
        download = found is not None
    with progress.part("programs"):
        build.build(program for program in catalog() if found is None or program.group != "cli")
    with progress.part("keys and state"):
        private.ensure()
    with progress.part("Pulumi"):
        _say(cli.ensure(found))
        _say(plugins.ensure("tls", download=download))
        _say(plugins.ensure("kubernetes", download=download))
        _say(plugins.ensure_aws(download=download))
    with progress.part("machine image"):
        if image is None:
            _say("not created without root; tests that start machines say so")
        else:
            image.result()
    with progress.part("artifact store"):
        machine.ensure_store()


def _say(text: str) -> None:
    sys.stderr.write(f"  {text}\n")
