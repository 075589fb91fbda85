"""Packages of the distribution, by name. No mirror is contacted if all are installed."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from workbench.progress import Failure
from workbench.setup.purposes import Purpose

MACHINES = ("debootstrap", "iproute2", "openssh-client", "procps", "systemd-container", "util-linux")
# Programs that check the rendered documents, programs for the live tests, and an SSH server for the provider.
JUDGES = (
    *("chrony", "haproxy", "iptables", "keepalived", "libnginx-mod-stream", "nftables", "nginx", "openssh-server"),
    *("openssl", "psmisc"),
)
# Only for an emulated cloud that boots its instances on this computer.
CLOUD = ("haproxy", "nftables", "openssl", *MACHINES)
# Each of the two packages removes the other; the one that is installed stays.
RIVALS = {"chrony": "systemd-timesyncd"}
SERVICES = {
    **{name: name for name in ("chrony", "haproxy", "keepalived", "nftables", "nginx")},
    "openssh-server": "ssh",
}

POLICY = Path("/usr/sbin/policy-rc.d")
# Status 101 forbids an action (Debian's invoke-rc.d policy interface).
POLICY_TEXT = "#!/bin/sh\n# Made by quorate for the time of one installation.\nexit 101\n"


def wanted(purposes: Sequence[Purpose]) -> list[str]:
    """Names of the packages that these purposes need."""
    names: set[str] = set()
    if importlib.util.find_spec("ensurepip") is None and shutil.which("uv") is None:
        names.add("python3-venv")
    if Purpose.UP in purposes or Purpose.TEST in purposes:
        names |= set(MACHINES)
    if Purpose.TEST in purposes:
        names |= set(JUDGES)
    return sorted(names)


def missing(names: Sequence[str]) -> list[str]:
    """The packages that are not installed, without those that would remove another one."""
    installed = _installed([*names, *RIVALS.values()])
    return [name for name in names if name not in installed and RIVALS.get(name) not in installed]


def ensure(purposes: Sequence[Purpose]) -> None:
    """Install what is missing. Raises `Failure`; without root only if the local stack is the purpose."""
    install(wanted(purposes), required=Purpose.UP in purposes)


def install(names: Sequence[str], *, required: bool) -> None:
    """Install those of the packages that are missing. Raises `Failure`; without root only if they are required."""
    if shutil.which("apt-get") is None or shutil.which("dpkg-query") is None:
        if names:
            sys.stderr.write(f"setup: this is not Debian; install the contents of these packages: {', '.join(names)}\n")
        return
    absent = missing(names)
    if not absent:
        return
    if os.geteuid() != 0:
        message = f"packages are missing; run: sudo apt-get install --no-install-recommends {' '.join(absent)}"
        if required:
            raise Failure(message)
        sys.stderr.write(f"setup: {message} (tests that need them say so)\n")
        return
    with _no_service_starts():
        _apt("update", "-qq")
        _apt("install", "-qq", "--yes", "--no-install-recommends", "--no-remove", *absent)
    _disable([SERVICES[name] for name in absent if name in SERVICES])


def _installed(names: Sequence[str]) -> set[str]:
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Abbrev}${Package}\n", *names]
    done = subprocess.run(query, capture_output=True, text=True, check=False)  # status 1: some are unknown
    return {line[3:] for line in done.stdout.splitlines() if line.startswith("ii ")}


def _apt(*arguments: str) -> None:
    command = ["apt-get", "-o", "DPkg::Lock::Timeout=300", *arguments]
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last = "\n".join(done.stdout.strip().splitlines()[-10:])
        message = f"{' '.join(command)} failed (exit status {done.returncode}):\n{last}"
        raise Failure(message)


@contextmanager
def _no_service_starts() -> Iterator[None]:
    """Prevent the packages' services from starting, because this computer does not need them.

    An existing policy of the user stays.
    """
    ours = not POLICY.exists() or POLICY.read_text(encoding="utf-8") == POLICY_TEXT
    if ours:
        POLICY.write_text(POLICY_TEXT, encoding="utf-8")
        POLICY.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            POLICY.unlink(missing_ok=True)


def _disable(services: Sequence[str]) -> None:
    """Disable the installed services for the next boot, if systemd is the init."""
    if services and shutil.which("systemctl"):
        units = [f"{service}.service" for service in services]
        subprocess.run(["systemctl", "--quiet", "disable", *units], capture_output=True, check=False)
