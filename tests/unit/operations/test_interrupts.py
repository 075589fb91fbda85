"""Ctrl-C while the CLI is at work: it may end what it has begun, and nobody takes that for a failure."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from workbench.places import ROOT

# As the CLI does: it ends what it has begun, writes its state, and says that it did not do all.
CLI = """#!/bin/sh
trap 'sleep 1; echo saved > "$0.state"; exit 255' INT
: > "$0.begun"
while :; do sleep 0.1; done
"""


def test_an_interrupt_leaves_the_cli_the_time_to_save_its_state(tmp_path: Path) -> None:
    cli = tmp_path / "pulumi"
    cli.write_text(CLI)
    cli.chmod(0o755)
    command = [sys.executable, "-m", "operations", "judge", "--stack", "berlin"]
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "PATH": path}, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        while not (tmp_path / "pulumi.begun").exists():
            time.sleep(0.05)
        os.killpg(running.pid, signal.SIGINT)
        _, said = running.communicate(timeout=30)
    assert (tmp_path / "pulumi.state").read_text() == "saved\n"
    assert running.returncode == 128 + signal.SIGINT
    assert "run the same command again to continue" in said
