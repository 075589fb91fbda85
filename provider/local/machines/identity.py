"""A machine's SSH host key: created once, outside the disk, so that a machine with a new disk keeps its key."""

import uuid
from pathlib import Path

from provider.local.machines.command import output
from provider.local.machines.folder import remove
from provider.local.machines.place import Place

KEY = "ssh_host_ed25519_key"


def ensure(place: Place) -> None:
    """Create the key if it does not exist."""
    if place.identity.is_dir():
        return
    new = place.folder / f"identity.new-{uuid.uuid4().hex}"
    new.mkdir()
    output(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", place.title, "-f", str(new / KEY)],
        why="clients must be able to recognize the machine",
        fix="see the message",
    )
    new.rename(place.identity)
    for left in place.folder.glob("identity.new-*"):
        remove(left)


def private(place: Place) -> str:
    """The private key, as sshd reads it."""
    return (place.identity / KEY).read_text(encoding="ascii")


def public(place: Place) -> str:
    """The public key, kind and key without a comment; empty if it does not exist."""
    path: Path = place.identity / f"{KEY}.pub"
    return " ".join(path.read_text(encoding="ascii").split()[:2]) if path.exists() else ""
