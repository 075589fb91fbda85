"""The access path to the instances is complete and possible."""

import re
from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.syntax import is_printable
from plan.validation.reach import public_key_problem
from plan.visible import shown

SSH_PORT = 22
ENDPOINT = re.compile(r"eice-[0-9a-f]{1,40}")


def way(settings: Settings) -> Iterator[Refusal]:
    """Settings of one access path are only set with that path."""
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
                what=f"left out with `way: {access.way}`",
                found=shown(value) if isinstance(value, str) else ", ".join(str(one) for one in value),
                why="it would have no effect",
                fix=f"remove it, or set `way: {ways[0]}`",
            )
    if access.proxy_command is not None and access.way == "command" and not is_printable(access.proxy_command):
        why, fix = "ssh reads it from one line of its configuration", "such as `ssh -W %h:%p bastion.example.com`"
        at, found = "aws.access.proxyCommand", shown(access.proxy_command)
        yield Refusal(at=at, what="a command in one line", found=found, why=why, fix=fix)
    elif access.way == "command" and access.proxy_command is None:
        why, fix = "SSH would have no way to the instances", "such as `ssh -W %h:%p bastion.example.com`"
        yield Refusal(at="aws.access.proxyCommand", what="set", found="missing", why=why, fix=fix)
    if access.endpoint_id is not None and not ENDPOINT.fullmatch(access.endpoint_id):
        at, what = "aws.access.endpointId", "the id of an Instance Connect Endpoint"
        why, fix = "the tunnel starts there", "see `aws ec2 describe-instance-connect-endpoints`"
        yield Refusal(at=at, what=what, found=shown(access.endpoint_id), why=why, fix=fix)
    if access.way == "instance-connect" and settings.ssh.port != SSH_PORT:
        why = "an Instance Connect Endpoint forwards ports 22 and 3389 only"
        yield Refusal(at="ssh.port", what="22", found=settings.ssh.port, why=why, fix="leave it out")


def public_key(settings: Settings) -> Iterator[Refusal]:
    """The public key is one that OpenSSH and EC2 accept."""
    given = settings.aws.access.public_key if settings.aws else None
    problem = public_key_problem(given) if given is not None else None
    if problem is not None:
        yield Refusal(
            at="aws.access.publicKey",
            what="an OpenSSH public key: its type and its base64 text",
            found=problem,
            why="new instances accept this key only",
            fix="use the content of the `.pub` file",
        )
