"""Commands of pulumi-command: what runs on which machine, and which files it writes there."""

import re
from collections import defaultdict
from collections.abc import Mapping

from policies.parsers.first_boot import first_boot
from policies.properties import Undecidable
from policies.resources import Resource
from policies.stack import Stack, view
from policies.views.hosts import INSTANCE, SPOT, File

REMOTE = "command:remote:Command"
LOCAL = "command:local:Command"
COPIES = ("command:remote:CopyToRemote", "command:remote:CopyFile")
_MACHINES = (INSTANCE, SPOT)
_LOGIN = re.compile(
    r"\b(?:ssh|scp)\b[^\n;|&]{0,400}?[\s@]((?:[0-9]{1,3}\.){3}[0-9]{1,3}|[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8})\b"
)
_INPUT = re.compile(r"(?:/dev/stdin|tee(?:[ \t]+-\w+)*|cat[ \t]*>{1,2})[ \t]*[\"']?(/[^\s\"';|&<>]+)")
_LOOKED_AT = 1 << 16  # characters at the start of a local command that are searched for a login


@view
def commanded(stack: Stack) -> Mapping[str, tuple[Resource, ...]]:
    """Commands by the machine that they reach: the URN of an instance, an address, or `local:` and a name."""
    found: dict[str, list[Resource]] = defaultdict(list)
    for resource in stack.of(REMOTE, LOCAL, *COPIES):
        found[_machine(stack, resource)].append(resource)
    return {place: tuple(commands) for place, commands in found.items()}


def _machine(stack: Stack, resource: Resource) -> str:
    name = "environment" if resource.type == LOCAL else "connection"
    for source in stack.sources(resource, name, *_MACHINES):
        return source.urn
    if resource.type == LOCAL:
        login = _LOGIN.search(_text(resource, "create")[:_LOOKED_AT])
        return login[1] if login else f"local:{resource.name}"
    connection = resource.properties.raw("connection")
    host = connection.get("host") if isinstance(connection, dict) else None
    return _instance_at(stack, host) if isinstance(host, str) and host else f"local:{resource.name}"


def _instance_at(stack: Stack, address: str) -> str:
    return _by_address(stack).get(address, address)


@view
def _by_address(stack: Stack) -> Mapping[str, str]:
    found = {}
    for instance in stack.of(*_MACHINES):
        for name in ("privateIp", "publicIp"):
            if isinstance(address := instance.properties.raw(name), str):
                found[address] = instance.urn
    return found


def files_over_ssh(stack: Stack, place: str) -> dict[str, File]:
    """Documents from the commands for this machine: the commands themselves, and the files that they write."""
    found: dict[str, File] = {}
    for resource in commanded(stack).get(place, ()):
        if resource.type in COPIES:
            _copied(resource, found)
            continue
        for name in ("create", "update"):
            path = f"{resource.name} ({name})"
            if not resource.properties.known(name):
                found[path] = File(path=path, content=None, secret=False)
            elif text := _text(resource, name):
                _ran(resource, path, text, found)
    return found


def _ran(resource: Resource, path: str, text: str, found: dict[str, File]) -> None:
    boot = first_boot(text)
    secret = resource.properties.is_secret("create")
    found[path] = File(path=path, content="\n".join(boot.commands), secret=secret)
    for written, content in boot.files.items():
        name = written if written.startswith("/") else f"{path}: {written}"
        found[name] = File(path=name, content=content, secret=secret)
    for problem in boot.problems.values():
        found[path] = File(path=path, content=None, secret=secret, problem=problem)
    if resource.properties.has("stdin") and (target := _INPUT.search(text[:_LOOKED_AT])):
        hidden = resource.properties.is_secret("stdin")
        known = resource.properties.known("stdin")
        brought = _text(resource, "stdin") if known else None
        found[target[1]] = File(path=target[1], content=brought, secret=hidden)


def _copied(resource: Resource, found: dict[str, File]) -> None:
    source = resource.properties.raw("source")
    path = _text(resource, "remotePath") or resource.name
    text = source.get("text") if isinstance(source, dict) else None
    if isinstance(text, str):
        found[path] = File(path=path, content=text, secret=resource.properties.is_secret("source"))


def _text(resource: Resource, name: str) -> str:
    try:
        return resource.properties.text(name)
    except Undecidable:
        return ""
