"""The operator's own computer as a client of AWS: names of endpoints, and trust in their certificates."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

HOSTS = Path("/etc/hosts")
BUNDLES = (Path("/etc/ssl/certs/ca-certificates.crt"), Path("/etc/pki/tls/certs/ca-bundle.crt"))
_NEW_MOUNTS = 0x00020000  # CLONE_NEWNS, linux/sched.h


def write_hosts(file: Path, names: Iterable[str], address: str) -> None:
    """This computer's names and the endpoints'. Written in place, because it may be mounted over /etc/hosts."""
    own = HOSTS.read_text(encoding="utf-8")
    text = own + "".join(f"{address} {name}\n" for name in names)
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")


def write_bundle(file: Path, authority: str) -> None:
    """The authorities that this computer trusts, and the cloud's."""
    trusted = next((bundle.read_text(encoding="utf-8") for bundle in BUNDLES if bundle.exists()), "")
    file.write_text(trusted + authority, encoding="utf-8")


def see(hosts: Path) -> None:
    """Let this process and its children find the endpoints, without affecting other processes on this computer.

    Raises OSError.
    """
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform != "linux" or library.unshare(_NEW_MOUNTS) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    subprocess.run(["mount", "--make-rslave", "/"], check=True)
    subprocess.run(["mount", "--bind", str(hosts), str(HOSTS)], check=True)
