"""The way to the instances is complete and possible."""

import re
from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.validation.reach import LAST_PORT, is_public_key

SSH_PORT = 22
FIRST_FREE_PORT = 1_024  # those below are the system's
ENDPOINT = re.compile(r"eice-[0-9a-f]+")


def way(settings: Settings) -> Iterator[Refusal]:
    """What belongs to a way is given with that way only."""
    if settings.aws is None:
        return
    access = settings.aws.access
    given = {
        "endpointId": (access.endpoint_id, ("instance-connect",)),
        "proxyCommand": (access.proxy_command, ("command",)),
        "clients": (access.clients, ("direct", "command")),
    }
    for key, (value, ways) in given.items():
        if value and access.way not in ways:
            yield Refusal(
                at=f"aws.access.{key}",
                bound=f"left out with `way: {access.way}`",
                got=str(value) if isinstance(value, str) else ", ".join(str(one) for one in value),
                why="nothing would read it",
                fix=f"remove it, or set `way: {ways[0]}`",
            )
    if access.way == "command" and not (access.proxy_command or "").strip():
        why, fix = "SSH would have no way to the instances", "such as `ssh -W %h:%p bastion.example.com`"
        yield Refusal(at="aws.access.proxyCommand", bound="given", got="missing", why=why, fix=fix)
    if access.endpoint_id is not None and not ENDPOINT.fullmatch(access.endpoint_id):
        at, bound = "aws.access.endpointId", "the id of an Instance Connect Endpoint"
        why, fix = "the tunnel begins there", "see `aws ec2 describe-instance-connect-endpoints`"
        yield Refusal(at=at, bound=bound, got=repr(access.endpoint_id), why=why, fix=fix)
    if access.proxy_port is not None and not FIRST_FREE_PORT <= access.proxy_port <= LAST_PORT:
        at, bound = "aws.access.proxyPort", f"a port from {FIRST_FREE_PORT} to {LAST_PORT}"
        why, fix = "an ordinary user listens there", "leave it out"
        yield Refusal(at=at, bound=bound, got=access.proxy_port, why=why, fix=fix)
    if access.way == "instance-connect" and settings.ssh.port != SSH_PORT:
        why = "an Instance Connect Endpoint forwards ports 22 and 3389 only"
        yield Refusal(at="ssh.port", bound="22", got=settings.ssh.port, why=why, fix="leave it out")


def public_key(settings: Settings) -> Iterator[Refusal]:
    """A key that OpenSSH and EC2 accept."""
    given = settings.aws.access.public_key if settings.aws else None
    if given is not None and not is_public_key(given):
        yield Refusal(
            at="aws.access.publicKey",
            bound="an OpenSSH public key: its type and its base64 text",
            got=repr(given[:40]),
            why="new instances accept this key only",
            fix="use the content of the `.pub` file",
        )
