"""The routes and the masquerading that let pods on this node and on the others reach each other."""

import re
from dataclasses import dataclass

from agent.model.json_reading import parse
from agent.system.commands import CommandFailed
from agent.system.host import Host

UNIT = "quorate-pod-network"
FOLDER = "/etc/kubernetes/quorate/pod-network"
ROUTES = f"{FOLDER}/routes"
TABLE = "quorate-pods"
PROTOCOL = "78"  # the mark of our routes, the same as in `documents.pod_network`
LEASES = "/run/quorate/pod-addresses"
FAMILIES = ("-4", "-6")
UNREACHABLE = "unreachable"  # a type of route: the sender gets an error at once


IPTABLES = {"ip filter FORWARD": "iptables", "ip6 filter FORWARD": "ip6tables"}
_OWN_RULE = re.compile(rf'"{TABLE}".*# handle (\d+)$', re.MULTILINE)


@dataclass(frozen=True, order=True)
class Route:
    """`to` is a range of pods, `via` the node that has them; the node's own range is `unreachable`."""

    to: str
    via: str

    @property
    def family(self) -> str:
        """The option of `ip`."""
        return "-6" if ":" in self.to else "-4"


def planned(text: str) -> frozenset[Route]:
    """The routes in a file for `ip -batch`: `route replace`, then RANGE `via` ADDRESS or `unreachable` RANGE."""
    words = [line.split()[2:5] for line in text.splitlines()]
    return frozenset(
        Route(to=line[1], via=UNREACHABLE) if line[0] == UNREACHABLE else Route(to=line[0], via=line[2])
        for line in words
    )


def present(host: Host) -> frozenset[Route]:
    """Our routes in the kernel. Raises CommandFailed."""
    found: set[Route] = set()
    for family in FAMILIES:
        shown = host.commands.run("ip", family, "-json", "route", "show", "proto", PROTOCOL)
        listed = parse(shown.encode() or b"[]", at=f"ip {family} route").items()
        found.update(
            Route(to=route["dst"].text(), via=route["gateway"].text(route["type"].text(""))) for route in listed
        )
    return frozenset(found)


def masquerades(host: Host) -> bool:
    """Whether the rules are there."""
    return any(host.commands.succeeds("nft", "list", "table", family, TABLE) for family in ("ip", "ip6"))


def dropping(host: Host) -> list[str]:
    """Base chains that drop forwarded packets and have no rule that lets pods through, such as `ip filter FORWARD`."""
    return [
        chain
        for chain, text in _dropping_chains(host).items()
        if f'"{TABLE}"' not in text and not _iptables_rules(host, chain)
    ]


def _iptables_rules(host: Host, chain: str) -> list[list[str]]:
    """Our rules in a chain of iptables, in its own syntax, because nft does not show their comments."""
    program = IPTABLES.get(chain)
    if program is None:
        return []
    try:
        listed = host.commands.run(program, "-w", "-S", "FORWARD")
    except (CommandFailed, OSError):
        return []
    return [words for words in map(str.split, listed.splitlines()) if TABLE in words]


def _dropping_chains(host: Host) -> dict[str, str]:
    try:
        listed = host.commands.run("nft", "list", "chains")
    except CommandFailed:
        return {}
    found: list[str] = []
    table = chain = ""
    for words in map(str.split, listed.splitlines()):
        match words:
            case ["table", family, name, *_]:
                table = f"{family} {name}"
            case ["chain", name, *_]:
                chain = name
            case _ if "forward" in words and "drop;" in words:
                found.append(f"{table} {chain}")
            case _:
                continue
    return {name: host.commands.run("nft", "-a", "list", "chain", *name.split()) for name in found}


def forget(host: Host, route: Route) -> None:
    """Remove a route to a removed node; a route that does not exist is not an error."""
    try:
        host.commands.run("ip", route.family, "route", "del", route.to, "proto", PROTOCOL)
    except CommandFailed:
        if route in present(host):
            raise


def release(host: Host) -> None:
    """Remove all routes and rules from the kernel, when the machine is no longer a node or its pods use another
    network.
    """
    for family in FAMILIES:
        host.commands.succeeds("ip", family, "route", "flush", "proto", PROTOCOL)
    for family in ("ip", "ip6"):
        host.commands.succeeds("nft", "delete", "table", family, TABLE)
    for chain, text in _dropping_chains(host).items():
        for handle in _OWN_RULE.findall(text):
            host.commands.succeeds("nft", "delete", "rule", *chain.split(), "handle", handle)
        for _, *rule in _iptables_rules(host, chain):
            host.commands.succeeds(IPTABLES[chain], "-w", "-D", *rule)
