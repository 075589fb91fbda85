"""Failures between this computer and a host, each with its fix."""

import re
from collections.abc import Sequence

from provider.hosts.connection import Connection

OWN_STATUS = 255  # ssh's own exit status; any other is the command's


class HostFailure(Exception):
    """A request to a host failed. The message names the host and the reason."""


class Unreachable(HostFailure):
    """Nothing responds at the address. `again`: whether a retry makes sense, because the host may still be starting."""


class WrongHostKey(HostFailure):
    """Another machine responds at the address, or the machine was recreated."""


# Messages of the OpenSSH client: strerror(3) and getaddrinfo(3) in the C locale, and its own timeouts.
_NOTHING_THERE = re.compile(
    r"Connection refused|timed out|No route to host|Network is unreachable|Could not resolve|Host is down"
    r"|Connection reset|Connection closed|kex_exchange_identification|Broken pipe"
)


def not_connected(to: Connection, errors: Sequence[str], *, tried: str) -> HostFailure:
    """Why ssh failed before the command started. `tried`: how often and how long, for the message."""
    text = "\n".join(errors)
    if (
        "HOST IDENTIFICATION HAS CHANGED" in text
        or "Host key verification failed" in text
        or "host key is known" in text
    ):
        return WrongHostKey(
            f"{to.place}: the host's key differs from the one pinned at the first contact; nothing was "
            "sent. Either the machine was recreated, or another one responds at its address. If it was recreated "
            f"on purpose, give the node its new key as hostKey (`ssh-keyscan -t ed25519 -p {to.port} {to.address}` "
            "shows it; compare it on the machine's console), or set a new generation to trust the next key"
        )
    if "Permission denied" in text:
        return HostFailure(
            f"{to.place}: the host refuses the key {to.key}: {_last(errors)}. Add its public half to "
            f"authorized_keys of {to.user} there, or set another user or key"
        )
    if _NOTHING_THERE.search(text):
        return Unreachable(
            f"{to.place} cannot be reached: {_last(errors)} ({tried}). Is the machine on, its SSH server running, and "
            "the address right?"
        )
    return HostFailure(f"{to.place}: ssh failed: {_last(errors)}")


def interrupted(to: Connection, errors: Sequence[str], *, doing: str) -> HostFailure:
    """Describe a connection that was lost while the command ran."""
    return Unreachable(
        f"{to.place}: the connection was lost while {doing}: {_last(errors)}. The command may still be running "
        "there; run the update again, it continues"
    )


def crashed(to: Connection, errors: Sequence[str], *, doing: str) -> HostFailure:
    """Describe an agent that ended without a result."""
    return HostFailure(f"{to.place}: the agent ended without a result, while {doing}: {_last(errors)}")


def late(to: Connection, *, doing: str, seconds: float) -> HostFailure:
    """Describe a command that did not finish in time."""
    return HostFailure(
        f"{to.place}: not finished after {seconds:.0f} s, while {doing}. Check the machine; a second update "
        "continues, and the resource's customTimeouts can allow more time"
    )


def _last(errors: Sequence[str]) -> str:
    lines = [line.strip() for line in errors if line.strip()]
    return lines[-1] if lines else "no reason given"
