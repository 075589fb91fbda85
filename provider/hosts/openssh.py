"""The command line of the OpenSSH client: no prompts, trust only in the pinned key, an end if the host is silent."""

from pathlib import Path

from provider.hosts.connection import Connection

CONNECT_SECONDS = 5
# A peer that answers nothing for 3 x 5 s is gone (the host died, the network is cut).
ALIVE_SECONDS, ALIVE_COUNT = 5, 3


def arguments(to: Connection, known: Path) -> list[str]:
    """The client's command line up to the remote command. `known`: a file with the pinned key, or empty.

    The user's own configuration stays in force for what is not set here: jump hosts, hardware keys, ciphers.
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
    """The algorithm of the pinned key: a host may have several keys, and another one would be refused as unknown."""
    kind = host_key.split(maxsplit=1)[0]
    return "rsa-sha2-512,rsa-sha2-256" if kind == "ssh-rsa" else kind
