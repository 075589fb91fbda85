"""Builds the OpenSSH client's command line: no prompts, only the pinned key, and a timeout if the host is silent."""

from pathlib import Path

from provider.hosts.connection import Connection

CONNECT_SECONDS = 5
# A peer that does not respond for 3 x 5 s is lost (the host died, the network is down).
ALIVE_SECONDS, ALIVE_COUNT = 5, 3


def arguments(to: Connection, known: Path) -> list[str]:
    """The client's command line up to the remote command. `known`: a file with the pinned key, or empty.

    The user's own configuration applies to everything else: jump hosts, hardware keys, ciphers.
    """
    options = {
        "BatchMode": "yes",
        "ConnectTimeout": str(CONNECT_SECONDS),
        "ServerAliveInterval": str(ALIVE_SECONDS),
        "ServerAliveCountMax": str(ALIVE_COUNT),
        "HostKeyAlias": to.name,
        "StrictHostKeyChecking": "yes" if to.host_key else "accept-new",
        "UserKnownHostsFile": str(known),
        "GlobalKnownHostsFile": "/dev/null",
        "HashKnownHosts": "no",
        "CheckHostIP": "no",
        "UpdateHostKeys": "no",
        "IdentitiesOnly": "yes",
        "ControlMaster": "no",
        "ControlPath": "none",
        "ClearAllForwardings": "yes",
        "ForwardAgent": "no",
        "RemoteCommand": "none",
        "RequestTTY": "no",
        "LogLevel": "ERROR",
    }
    if to.host_key:
        options["HostKeyAlgorithms"] = _algorithms(to.host_key)
    flags = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
    return ["ssh", *flags, "-i", str(to.key), "-p", str(to.port), "-l", to.user, "--", to.address]


def _algorithms(host_key: str) -> str:
    """The algorithm of the pinned key: a host may have several keys, and ssh would refuse the others as unknown."""
    kind = host_key.split(maxsplit=1)[0]
    return "rsa-sha2-512,rsa-sha2-256" if kind == "ssh-rsa" else kind
