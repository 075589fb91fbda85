"""A clone as `make setup` leaves it, in a folder of this process: the program, an SSH key and a store's manifest.

Recorded programs then read the same files on every computer, whether it was set up or not.
"""

import atexit
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from workbench.places import ROOT

PROGRAM = "__main__.py"
DIGEST = "0" * 64
FILES = (("bin/kubeadm", "binary"), ("cni/ptp", "cni"), ("images/pause.tar", "image"))


@cache
def site() -> Path:
    """The folder; it is removed when this process ends."""
    folder = Path(tempfile.mkdtemp(prefix="quorate-site-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copy(ROOT / PROGRAM, folder)
    private = folder / ".quorate"
    key = Ed25519PrivateKey.generate()
    pair = private / "ssh" / "id_ed25519"
    pair.parent.mkdir(parents=True)
    pair.touch(mode=0o600)
    pair.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    pair.with_suffix(".pub").write_bytes(key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH) + b"\n")
    manifest = private / "store" / "manifest.json"
    manifest.parent.mkdir()
    listed = [{"path": path, "sha256": DIGEST, "kind": kind} for path, kind in FILES]
    manifest.write_text(json.dumps({"files": listed}), encoding="utf-8")
    return folder
