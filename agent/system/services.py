"""systemd's services."""

import threading
import time
from dataclasses import dataclass

from agent.model.failure import Failed
from agent.system.commands import CommandFailed
from agent.system.host import Host

# The services of each role, without those of the endpoint.
OWN = {"control-plane": ("kubelet", "etcd", "containerd"), "worker": ("kubelet", "containerd"), "balancer": ()}
TARGET = "multi-user.target"  # the target that our units, and those of the distributions' packages, start with


@dataclass(frozen=True, kw_only=True)
class ServiceState:
    """`active` is true also while it is being started or reloaded."""

    exists: bool
    active: bool
    enabled: bool
    found: str


class Services:
    """Runs systemctl; every error includes the unit's last journal lines."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._commands = host.commands
        self._rereading = threading.Lock()
        self._reread_at = 0.0  # when the last reload started

    def state(self, unit: str) -> ServiceState:
        """What systemd knows about a unit."""
        out = self._commands.run("systemctl", "show", "-p", "LoadState,ActiveState,SubState,UnitFileState", unit)
        values = dict(line.split("=", 1) for line in out.splitlines() if "=" in line)
        active = values.get("ActiveState", "")
        return ServiceState(
            exists=values.get("LoadState") == "loaded",
            active=active in {"active", "activating", "reloading"} and values.get("SubState") != "auto-restart",
            enabled=values.get("UnitFileState") in {"enabled", "static"},
            found=f"{active} ({values.get('SubState', '')})",
        )

    def reread(self) -> None:
        """Let systemd read changed unit files; simultaneous requests share one reload."""
        asked = time.monotonic()
        with self._rereading:
            if self._reread_at <= asked:
                self._reread_at = time.monotonic()
                self._commands.run("systemctl", "daemon-reload")

    def enable(self, unit: str) -> None:
        """Start the unit at every boot; systemd notices this at its next reload."""
        # `enable` would also run the distribution's tools for its old init scripts: a second for each unit
        self._commands.run("systemctl", "--no-reload", "add-wants", TARGET, unit)

    def disable(self, unit: str) -> None:
        """Do not start it at boot."""
        self._host.path(f"/etc/systemd/system/{TARGET}.wants/{unit}").unlink(missing_ok=True)

    def start(self, unit: str, *, wait: bool = True, timeout: float = 60.0) -> None:
        """Start the unit, after clearing an earlier failure."""
        self._commands.succeeds("systemctl", "reset-failed", unit)
        self._order("start", unit, wait=wait, timeout=timeout)

    def restart(self, unit: str, *, wait: bool = True, timeout: float = 90.0) -> None:
        """Stop and start."""
        self._commands.succeeds("systemctl", "reset-failed", unit)
        self._order("restart", unit, wait=wait, timeout=timeout)

    def reload(self, unit: str) -> None:
        """Let a running program reload its configuration."""
        self._order("reload", unit, wait=True, timeout=60.0)

    def stop(self, unit: str, *, timeout: float = 30.0) -> None:
        """Stop the unit; it is killed if it does not stop in time."""
        try:
            self._commands.run("systemctl", "stop", unit, timeout=timeout)
        except CommandFailed:
            self.kill(unit)

    def kill(self, *units: str) -> None:
        """Stop the unit without a grace period. The stop is requested first, so that systemd does not restart it."""
        self._commands.succeeds("systemctl", "stop", "--no-block", *units)
        self._commands.succeeds("systemctl", "kill", "--signal=SIGKILL", *units)

    def last_words(self, unit: str, *, lines: int = 5) -> str:
        """The end of the unit's journal in this boot."""
        try:
            return self._commands.run(
                "journalctl", "-b", "-q", "-u", unit, "-n", str(lines), "-o", "cat", "--no-pager", timeout=10.0
            ).strip()
        except CommandFailed as error:
            return str(error)

    def _order(self, verb: str, unit: str, *, wait: bool, timeout: float) -> None:
        try:
            self._commands.run("systemctl", verb, *(() if wait else ("--no-block",)), unit, timeout=timeout)
        except CommandFailed as error:
            raise Failed(
                f"{unit} could not {verb}: {error.said.strip()}; its last log lines: {self.last_words(unit)}"
            ) from error
