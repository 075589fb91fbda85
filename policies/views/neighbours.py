"""Which machines are judged because of their neighbours, and which of them are not in spite of their own documents."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from policies.addresses import canonical, host_of
from policies.parsers.etcd_clients import asks_etcd, speaks_of_kubernetes
from policies.parsers.etcd_command import etcd_options, members
from policies.properties import Undecidable
from policies.resources import Resource
from policies.stack import Stack
from policies.views.evidence import BALANCER, ETCD, OTHER, PLANE, WORKER, carries, forwards
from policies.views.hosts import API_PORT, Host
from policies.views.targets import GROUPS, asks_for_readiness, attachments, port_number


def related(stack: Stack, found: tuple[Host, ...]) -> Iterator[Host]:
    """The machines with their final role: neighbours can prove one, and prove that a document is of another system."""
    found = tuple(_spared(host, found) for host in found)
    planes = [host for host in found if host.is_plane]
    behind = _behind(stack, {urn for host in planes for urn in _urns(host)})
    served = {canonical(host.address) for host in planes if _known_address(host)}
    ordinary = {canonical(host.address) for host in found if _disproved(host) and _known_address(host)}
    for host in found:
        if host.role != OTHER:
            yield host
        elif host.hidden and (group := next((behind[urn] for urn in _urns(host) if urn in behind), None)):
            clause = f"{host.name} is judged because it is a target of {group.name}, behind which API servers are"
            yield replace(host, role=PLANE, because=clause)
        elif clause := _fronts(host, served, ordinary):
            yield replace(host, role=BALANCER, because=f"{host.name} is judged because {clause}")
        else:
            yield host


def _spared(host: Host, found: Sequence[Host]) -> Host:
    """A machine that starts etcd or joins a cluster, but not for a control plane of this stack, is not judged."""
    clause = ""
    if host.role == ETCD:
        clause = next(_other_clients(host, found), "")
    elif host.role == WORKER and all(other.role in (WORKER, OTHER) for other in found):
        clause = "it joins a cluster that another stack makes"
    return (
        replace(host, role=OTHER, because="", spared=f"{host.name} is not judged because {clause}") if clause else host
    )


def _other_clients(host: Host, found: Sequence[Host]) -> Iterator[str]:
    """Which programs besides Kubernetes use this member; none if Kubernetes does."""
    if speaks_of_kubernetes(host.readable):
        return
    listed = {canonical(host_of(url)) for _, url in members(etcd_options(host.readable).get("initial-cluster", ""))}
    own = {*listed, *([canonical(host.address)] if _known_address(host) else [])} - {""}
    if any(other.is_plane and any(_names(text, own) for text in other.readable.values()) for other in found):
        return
    for other in found:
        for path, line in asks_etcd(other.readable):
            if other is host or _names(line, own):
                yield f"its etcd is that of another program: {path} of {other.name} has its address"


def _names(text: str, addresses: set[str]) -> bool:
    return any(address in text for address in addresses)


def _disproved(host: Host) -> bool:
    """Whether everything that a machine gets is known, and nothing of it runs an API server."""
    return host.role == OTHER and bool(host.readable) and not host.hidden and not host.sealed


def _fronts(host: Host, served: set[str], ordinary: set[str]) -> str:
    """Why a machine is a balancer of the API: it forwards to an API server, or to the API's port and nothing else."""
    leads = forwards(host.readable)
    if any(canonical(address) in served for address, _ in leads):
        return "it forwards connections to an API server of this stack"
    known = any(canonical(address) in ordinary for address, _ in leads)
    if leads and not served and not known and all(port == API_PORT for _, port in leads):
        return f"it forwards connections to port {API_PORT} only"
    text = "\n".join(text for text in host.readable.values() if "vrrp_instance" in text)
    if text and served and str(API_PORT) in text and carries(host.readable):
        return "its Keepalived watches an API server"
    return ""


def _behind(stack: Stack, planes: set[str]) -> Mapping[str, Resource]:
    """Targets of the groups that lead to the API's port of a proven API server, or that check readiness there."""
    api: dict[str, Resource] = {}
    for attachment in attachments(stack):
        group = stack.at(attachment.group)
        if group is None or group.type not in GROUPS:
            continue
        port = attachment.port or port_number(group, "port")
        proven = any(target.urn in planes for target in attachment.targets) or asks_for_readiness(group)
        if port == API_PORT and proven:
            api[group.urn] = group
    return {
        target.urn: api[attachment.group]
        for attachment in attachments(stack)
        if attachment.group in api
        for target in attachment.targets
    }


def _urns(host: Host) -> Iterator[str]:
    yield host.resource.urn
    yield from (owner.urn for owner in host.owners)


def _known_address(host: Host) -> bool:
    try:
        return bool(host.address)
    except Undecidable:
        return False
