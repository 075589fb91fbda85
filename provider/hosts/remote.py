"""The shell script that receives an agent on a host, and the meaning of its exit statuses."""

import shlex
from collections.abc import Sequence

from provider.hosts.agent_archive import OLD_PYTHON, OLDEST
from provider.hosts.connection import Connection
from provider.hosts.failure import HostFailure

# Our own exit statuses, outside those of Python (0, 1, 2), shells (126 and more) and sysexits.h (64 to 78).
NO_PYTHON, NO_ROOM = 91, 93

# /run is in memory: a secret on its way to its file never reaches another disk.
_SCRIPT = f"""\
umask 077
export LC_ALL=C.UTF-8
command -v python3 >/dev/null || exit {NO_PYTHON}
d=$(mktemp -d /run/quorate.XXXXXXXXXX) || exit {NO_ROOM}
trap 'rm -rf "$d"' EXIT
trap 'exit 129' HUP
trap 'exit 143' TERM
tar -xf - -C "$d" || exit {NO_ROOM}
cd "$d" && python3 agent.pyz """


def command(to: Connection, *words: str) -> str:
    """The remote command: unpack standard input, then run the agent with these words. It contains no secret."""
    script = _SCRIPT + shlex.join(words)
    shell = f"sh -c {shlex.quote(script)}"
    return shell if to.user == "root" else f"sudo -n -- {shell}"


def not_started(to: Connection, status: int, errors: Sequence[str]) -> HostFailure:
    """Explain why the script ended before the agent started."""
    reason = "; ".join(line.strip() for line in errors if line.strip()) or f"exit status {status}"
    oldest = ".".join(map(str, OLDEST))
    if status == NO_PYTHON:
        return HostFailure(
            f"{to.place}: there is no python3, which the agent needs. Install the host's package python3, "
            f"{oldest} or later"
        )
    if status == OLD_PYTHON:
        return HostFailure(f"{to.place}: python3 is older than {oldest}, which the agent needs. Install a newer one")
    if status == NO_ROOM:
        return HostFailure(
            f"{to.place}: the files could not be unpacked in /run, most likely because it is full: {reason}"
        )
    if any(line.startswith("sudo:") or "sudo: not found" in line for line in errors):
        return HostFailure(
            f"{to.place}: sudo refuses: {reason}. Let {to.user} run commands as root without a password "
            f"(`{to.user} ALL=(root) NOPASSWD: ALL` in /etc/sudoers.d), or connect as root"
        )
    return HostFailure(f"{to.place}: the agent could not be started: {reason}")
