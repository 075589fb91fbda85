"""The prerequisites of a real cluster on this computer."""

import os
import shutil
import sys
from pathlib import Path

from provider.local.machines.requirement import PATH
from workbench.environment import environment

PROGRAMS = {"systemd-nspawn": "systemd-container", "ip": "iproute2", "ssh": "openssh-client"}


def missing() -> str | None:
    """Why the live tier cannot run here, with a fix; None if it can."""
    if sys.platform != "linux":
        return "live: machines on this computer need Linux"
    if os.geteuid() != 0:
        return "live: only root can create machines on this computer; run the tests with sudo"
    for program, package in PROGRAMS.items():
        if shutil.which(program, path=PATH) is None:
            return f"live: {program} is not installed; install the package {package}, or run `make setup`"
    if shutil.which("pulumi", path=environment(os.environ)["PATH"]) is None:
        return "live: there is no Pulumi CLI; run `make setup`"
    if not Path("/proc/sys/net").is_dir():
        return "live: /proc/sys/net does not exist, so no bridge can be created"
    return None
