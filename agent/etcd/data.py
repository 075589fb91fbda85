"""etcd's data directory, and the guard that allows a first start in it."""

import time
from pathlib import Path

from agent.etcd.membership import Data
from agent.system.files import install, make_directory, sync_directory
from agent.system.host import Host

VOLUME = "/var/lib/etcd"
DIRECTORY = f"{VOLUME}/data"
# On the same volume as the data: if the disk is lost, so is this file.
BEGUN = f"{VOLUME}/quorate-begun"
MAY_BEGIN = "/run/quorate/etcd-may-begin"  # gone after a reboot
GUARD = "/etc/systemd/system/etcd.service.d/10-quorate-data.conf"
GUARD_TEXT = f"""# Written by the quorate agent. A member that lost its disk must not start again under its old
# identity: an empty data directory is only used after the agent has decided how.
[Unit]
ConditionPathExists=|{DIRECTORY}/member
ConditionPathExists=|{MAY_BEGIN}
"""
JOIN = "/etc/etcd/join.env"  # read after cluster.env, so it wins


class DataDirectory:
    """The files under /var/lib/etcd and the unit's guard."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def state(self) -> Data:
        """Whether there is a write-ahead log and therefore an identity: etcd writes the log before it contacts its
        peers.
        """
        if any(self._path(f"{DIRECTORY}/member/wal").glob("*.wal")):
            return Data.PRESENT
        return Data.BEGUN if self._path(BEGUN).exists() else Data.EMPTY

    def guarded(self) -> bool:
        """Whether the unit refuses to start on an empty directory."""
        path = self._path(GUARD)
        return path.exists() and path.read_text() == GUARD_TEXT

    def guard(self) -> str:
        """Write the guard, a drop-in of the unit; returns its path."""
        install(self._path(GUARD), GUARD_TEXT.encode(), mode=0o644)
        return GUARD

    def permit_first_start(self, join: str | None) -> None:
        """Allow one first start: as a founder (None), or with the environment of a member that was added."""
        if join is None:
            self._path(JOIN).unlink(missing_ok=True)
        else:
            install(self._path(JOIN), join.encode(), mode=0o644)
        make_directory(self._path(VOLUME), mode=0o700)
        install(self._path(BEGUN), b"", mode=0o600)
        install(self._path(MAY_BEGIN), b"", mode=0o600)

    def settled(self) -> None:
        """Remove the files of the first start once the member has served: they must not be used again."""
        for path in (BEGUN, MAY_BEGIN, JOIN):
            self._path(path).unlink(missing_ok=True)

    def set_aside(self) -> Path:
        """Move the data aside on its own volume (another file system would mean a copy)."""
        target = self._path(f"{VOLUME}/former-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}")
        self._path(DIRECTORY).rename(target)
        target.chmod(0o700)
        self._path(BEGUN).unlink(missing_ok=True)
        sync_directory(self._path(VOLUME))
        return target

    def _path(self, path: str) -> Path:
        return self._host.path(path)
