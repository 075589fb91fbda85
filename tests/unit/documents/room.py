"""A room: a node's files at their real paths, in namespaces of their own, so that real programs read the real texts.

Nothing outside changes: /etc, /var and /usr are overlays, the network has only the node's interface, and every
process dies with the room.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from documents.file import File
from tests.unit.documents.programs import find

OWN = ("/etc", "/var", "/usr")
PROGRAMS = ("etcd", "containerd", "kubelet", "kubeadm", "kube-apiserver", "kubectl", "etcdctl")

PREPARE = """set -e
mount -t tmpfs tmpfs {base}
for place in {own}; do
  part={base}/$(echo $place | tr / _)
  mkdir -p $part.upper $part.work
  mount -t overlay overlay -o lowerdir=$place,upperdir=$part.upper,workdir=$part.work $place
done
mount -t tmpfs tmpfs /run
ip link set lo up
ip link add {interface} type veth peer name other
ip link set {interface} up; ip link set other up
for address in {addresses}; do ip address add $address dev {interface} nodad; done
touch {base}/ready
exec sleep infinity
"""


class Room:
    """Runs programs inside. `root` is the room's file system as it is seen from outside."""

    def __init__(self, process: int) -> None:
        self._process = process
        self.root = Path(f"/proc/{process}/root")

    def command(self, *arguments: str) -> list[str]:
        """The command line that runs `arguments` inside."""
        return ["nsenter", "-t", str(self._process), "-n", "-m", "-p", *arguments]

    def run(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run to the end inside; standard error comes with standard output."""
        return subprocess.run(
            self.command(*arguments),
            check=False,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
        )

    def start(self, *arguments: str, log: str) -> subprocess.Popen[bytes]:
        """Start and leave running; output goes to the file `log` inside."""
        path = self.root / log.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as output:
            return subprocess.Popen(self.command(*arguments), stdout=output, stderr=subprocess.STDOUT)

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        """Write a file inside, with its parents."""
        target = self.root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        target.chmod(mode)

    def furnish(self, files: tuple[File, ...], issued: Mapping[str, str]) -> None:
        """Write a node's files, and put the known programs where its units expect them."""
        for file in files:
            self.write(file.path, file.content, file.mode)
        for path, text in issued.items():
            self.write(path, text, 0o600)
        for name in PROGRAMS:
            found = find(name)
            if found is not None:
                for folder in ("usr/local/bin", "usr/bin"):
                    link = self.root / folder / name
                    link.unlink(missing_ok=True)
                    link.symlink_to(found)


@contextmanager
def room(*, interface: str = "host0", addresses: tuple[str, ...] = ()) -> Iterator[Room]:
    """An empty room whose interface has the addresses (each with its prefix length)."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("needs root and unshare: the programs run in namespaces of their own")
    base = Path(tempfile.mkdtemp(prefix="quorate-room-"))
    script = PREPARE.format(base=base, own=" ".join(OWN), interface=interface, addresses=" ".join(addresses))
    flags = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"]
    process = subprocess.Popen(["unshare", *flags, "sh", "-c", script], stderr=subprocess.PIPE)
    try:
        yield Room(_inner(process, base))
    finally:
        process.kill()
        process.wait()
        base.rmdir()


def _inner(process: subprocess.Popen[bytes], base: Path) -> int:
    """Process id of the room's first process, once the room is ready."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        inner = children.read_text().split()
        if inner and Path(f"/proc/{inner[0]}/root{base}/ready").exists():
            return int(inner[0])
        time.sleep(0.01)
    process.kill()
    reason = process.stderr.read().decode() if process.stderr else ""
    pytest.skip(f"namespaces cannot be made here: {reason.strip() or 'not ready within 30 s'}")
