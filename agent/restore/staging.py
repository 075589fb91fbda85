"""The folder in which a restore is prepared, on etcd's own volume, so switching is a rename."""

import shutil
from pathlib import Path

from agent.etcd.cluster import UNDER_WAY
from agent.etcd.data import VOLUME
from agent.model.json_reading import Malformed
from agent.restore.order import Order, read
from agent.system.files import install, make_directory, sync_directory
from agent.system.host import Host

FOLDER = f"{VOLUME}/restore"


class Staging:
    """The snapshot under verification, the restored data, and, once that is complete, the order."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.folder = host.path(FOLDER)
        self.snapshot = self.folder / "snapshot.db"
        self.draft = self.folder / "data.draft"
        self.data = self.folder / "data"
        self._order = self.folder / "order.json"

    def order(self) -> Order | None:
        """The restore that was prepared here, switched to or not."""
        try:
            return read(self._order.read_bytes(), at=str(self._order))
        except (OSError, Malformed):
            return None

    def begin(self) -> None:
        """Empty the folder and create it again."""
        shutil.rmtree(self.folder, ignore_errors=True)
        make_directory(self._host.path(VOLUME), mode=0o700)
        make_directory(self.folder, mode=0o700)

    def ready(self, order: Order) -> None:
        """Mark the restored data as complete: from now on it may be switched to."""
        self.draft.replace(self.data)
        self.snapshot.unlink(missing_ok=True)
        sync_directory(self.folder)
        install(self._order, order.text().encode(), mode=0o600)

    def clear(self) -> None:
        """Remove everything of a restore except the previous data."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._mark.unlink(missing_ok=True)

    def announce(self) -> None:
        """Notify an agent that waits for a quorum."""
        install(self._mark, b"", mode=0o600)

    @property
    def _mark(self) -> Path:
        return self._host.path(UNDER_WAY)
