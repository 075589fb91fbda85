"""kubectl on an environment, with a personal kubeconfig that is renewed when it has run out."""

import os
import subprocess
from collections.abc import Sequence

from operations import kubeconfig
from operations.stack import environment


def kubectl(stack: str, arguments: Sequence[str]) -> int:
    """Run kubectl; returns its exit status."""
    settings = {**os.environ, "KUBECONFIG": str(kubeconfig.current(environment(stack)))}
    return subprocess.run(["kubectl", *arguments], check=False, env=settings).returncode
