"""Block devices of this computer that back volumes."""

from pathlib import Path

from provider.local.machines.command import output

GIBIBYTE = 2**30
_LOOP = Path("/sys/block")


class Devices:
    """`folder` holds a file for each volume, which is sparse."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder

    def file(self, volume: str) -> Path:
        """The file with the content of a volume."""
        return self._folder / f"{volume}.raw"

    def open(self, volume: str, gibibytes: int) -> Path:
        """The device of a volume, which is created empty if it does not exist. Raises `Unable`."""
        file = self.file(volume)
        file.touch(mode=0o600)
        if file.stat().st_size < gibibytes * GIBIBYTE:
            with file.open("r+b") as raw:
                raw.truncate(gibibytes * GIBIBYTE)
        found = self.device(volume)
        return found or Path(_losetup("--find", "--show", "--direct-io=on", str(file)).strip())

    def device(self, volume: str) -> Path | None:
        """The device of a volume that is open."""
        wanted = str(self.file(volume).resolve())
        for backing in _LOOP.glob("loop*/loop/backing_file"):
            if backing.read_text(encoding="utf-8").strip() == wanted:
                return Path("/dev") / backing.parent.parent.name
        return None

    def close(self, volume: str) -> None:
        """Release the device; the kernel removes it once its last file system is unmounted."""
        found = self.device(volume)
        if found is not None:
            _losetup("--detach", str(found))

    def remove(self, volume: str) -> None:
        """Delete a volume with its content."""
        self.close(volume)
        self.file(volume).unlink(missing_ok=True)

    def kept(self) -> frozenset[str]:
        """The volumes that have a content file."""
        return frozenset(file.stem for file in self._folder.glob("*.raw"))


def _losetup(*words: str) -> str:
    return output(["losetup", *words], why="a volume is a block device", fix="see the message")
