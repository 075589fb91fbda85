"""kubectl on an environment, with a personal kubeconfig that is renewed when it has run out."""

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from operations import kubeconfig
from operations.lifecycle import PERSONAL_HOURS
from operations.stack import environment

MARGIN_SECONDS = 600  # renew a little early rather than fail in the middle of a command


def kubectl(stack: str, arguments: Sequence[str]) -> int:
    """Run kubectl; returns its exit status."""
    there = environment(stack)
    if not _fresh(there.kubeconfig):
        kubeconfig.issue(there, hours=PERSONAL_HOURS)
    settings = {**os.environ, "KUBECONFIG": str(there.kubeconfig)}
    return subprocess.run(["kubectl", *arguments], check=False, env=settings).returncode


def _fresh(path: Path) -> bool:
    try:
        written = path.stat().st_mtime
    except FileNotFoundError:
        return False
    return time.time() < written + PERSONAL_HOURS * 3600 - MARGIN_SECONDS
