"""The clone's own state folder, passphrase and SSH key. Existing files are not replaced."""

import os
import secrets
import subprocess

from workbench.places import LOCAL_STACK, PASSPHRASE, PRIVATE, PULUMI_HOME, SSH_KEY, STATE
from workbench.progress import Failure


def ensure() -> None:
    """Create missing files. Raises `Failure` if there is a state without its passphrase."""
    for folder in (PRIVATE, PULUMI_HOME, STATE, SSH_KEY.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _passphrase()
    _ssh_key()
    _local_stack()


def _local_stack() -> None:
    """The local stack's file is not committed: the CLI writes the salt of this clone's own passphrase into it."""
    if not LOCAL_STACK.exists():
        LOCAL_STACK.write_text("config:\n  quorate:preset: local\n", encoding="utf-8")


def _passphrase() -> None:
    if PASSPHRASE.exists():
        return
    if any(STATE.rglob("stacks/**/*.json")) and "PULUMI_CONFIG_PASSPHRASE" not in os.environ:
        message = (
            f"{STATE} holds stacks, but the passphrase of their secrets, {PASSPHRASE}, is gone;"
            " restore it, or remove the state if its resources no longer exist"
        )
        raise Failure(message)
    unfinished = PASSPHRASE.with_name(".passphrase.unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600, exist_ok=False)
    unfinished.write_text(secrets.token_urlsafe(32), encoding="ascii")
    unfinished.replace(PASSPHRASE)


def _ssh_key() -> None:
    if SSH_KEY.exists():
        return
    unfinished = SSH_KEY.with_name(".id_ed25519.unfinished")
    for half in (unfinished, unfinished.with_name(unfinished.name + ".pub")):
        half.unlink(missing_ok=True)
    make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "quorate", "-f", str(unfinished)]
    subprocess.run(make, stdin=subprocess.DEVNULL, check=True)
    # The public half is written first, so if the key exists, both do.
    unfinished.with_name(unfinished.name + ".pub").replace(SSH_KEY.with_name(SSH_KEY.name + ".pub"))
    unfinished.replace(SSH_KEY)
