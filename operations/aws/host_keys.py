"""Reads the SSH host key of an instance from its console, where cloud-init prints it for users of the account.

Nodes that have converged report their key themselves; the console is for the others. A key that was found is kept,
because a console shows only its last 64 KiB.
"""

import re
from typing import TYPE_CHECKING

from operations.aws.session import NoSession, explained
from operations.environment import PROJECT, Instance, OperationFailed

if TYPE_CHECKING:
    from pathlib import Path

KEPT = PROJECT / ".quorate" / "host-keys"
# cloud-init's write-ssh-key-fingerprints writes the keys between these marks.
KEYS = re.compile(r"-----BEGIN SSH HOST KEY KEYS-----(.*?)-----END SSH HOST KEY KEYS-----", re.DOTALL)
KEY = re.compile(r"ssh-ed25519 [A-Za-z0-9+/=]{60,}")


def host_key(name: str, instance: Instance, *, kept: "Path" = KEPT) -> str:
    """The `ssh-ed25519 AAAA...` of the instance. Raises `OperationFailed` if no console has shown it yet."""
    file = kept / instance.id
    if file.exists():
        return file.read_text(encoding="ascii").strip()
    found = in_console(_console(name, instance))
    if found is None:
        raise OperationFailed(
            f"{name}: the console of {instance.id} does not show its SSH host key yet, so no connection is trusted. It "
            "appears about a minute after the instance starts; if it never appears, the image has no cloud-init: "
            f"`aws ec2 get-console-output --latest --instance-id {instance.id}`"
        )
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_text(found + "\n", encoding="ascii")
    return found


def in_console(text: str) -> str | None:
    """The newest Ed25519 host key in a console's output, None if it shows none."""
    shown = [key for block in KEYS.findall(text) for key in KEY.findall(block)]
    return str(shown[-1]) if shown else None


def _console(name: str, instance: Instance) -> str:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 -- see Account

    try:
        # `Latest`: without it AWS returns what it recorded at the last change of the instance's state.
        answer = instance.account.client("ec2").get_console_output(InstanceId=instance.id, Latest=True)
        return str(answer.get("Output", ""))
    except (BotoCoreError, ClientError, NoSession) as error:
        raise OperationFailed(f"{name}: the console of {instance.id} cannot be read: {explained(error)}") from None
