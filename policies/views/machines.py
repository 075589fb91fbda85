"""Which resources are machines, which files reach them, and which of them are judged."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from policies.addresses import canonical
from policies.properties import Undecidable
from policies.resources import Resource
from policies.stack import Stack, view
from policies.views.bundles import Bundle, bundles
from policies.views.evidence import BALANCER, OTHER, PLANE, carries, forwards, role_of
from policies.views.first_boot import booted
from policies.views.hosts import API_PORT, CONFIGURATION, INSTANCE, NODE, SPOT, TEMPLATE, File, Host
from policies.views.over_ssh import commanded, files_over_ssh
from policies.views.quorate_nodes import quorate_node
from policies.views.scaling import scaling_groups
from policies.views.targets import GROUPS, asks_for_readiness, attachments, port_number

SUBNET = "aws:ec2/subnet:Subnet"
INTERFACE = "aws:ec2/networkInterface:NetworkInterface"
INTERFACE_ATTACHMENT = "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment"
NODE_TAG = "quorate:node"  # this project's own tag: which bundle of files an instance fetches


@view
def hosts(stack: Stack) -> tuple[Host, ...]:
    """Every machine of the stack, with its role and the evidence for it."""
    return tuple(_related(stack, own_documents(stack)))


@view
def own_documents(stack: Stack) -> tuple[Host, ...]:
    """Every machine with the role that its own documents prove."""
    return tuple(
        _proven(host)
        for host in (*map(quorate_node, stack.of(NODE)), *_instances(stack), *_templates(stack), *_remote(stack))
    )


def _proven(host: Host) -> Host:
    if host.role != OTHER:
        return host
    role, clause = role_of(host.readable)
    return replace(host, role=role, because=f"{host.name} is judged because {clause}" if clause else "")


def _related(stack: Stack, found: tuple[Host, ...]) -> Iterator[Host]:
    """Machines that are judged because of their neighbours or of the machines behind them."""
    planes = [host for host in found if host.is_plane]
    behind = _behind(stack, {urn for host in planes for urn in _urns(host)})
    served = {canonical(host.address) for host in planes if _known_address(host)}
    for host in found:
        if host.role != OTHER:
            yield host
        elif host.hidden and (group := next((behind[urn] for urn in _urns(host) if urn in behind), None)):
            clause = f"{host.name} is judged because it is a target of {group.name}, behind which API servers are"
            yield replace(host, role=PLANE, because=clause)
        elif clause := _fronts(host, served):
            yield replace(host, role=BALANCER, because=f"{host.name} is judged because {clause}")
        else:
            yield host


def _fronts(host: Host, served: set[str]) -> str:
    """Why a machine is a balancer of the API: it forwards to an API server, or to the API's port and nothing else."""
    leads = forwards(host.readable)
    if any(canonical(address) in served for address, _ in leads):
        return "it forwards connections to an API server of this stack"
    if leads and not served and all(port == API_PORT for _, port in leads):
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


def _instances(stack: Stack) -> Iterator[Host]:
    by_node: dict[str, list[Bundle]] = defaultdict(list)
    for bundle in bundles(stack):
        by_node[bundle.node].append(bundle)
    attached = {
        instance.urn: interface
        for attachment in stack.of(INTERFACE_ATTACHMENT)
        for instance in stack.sources(attachment, "instanceId", INSTANCE)
        for interface in stack.sources(attachment, "networkInterfaceId", INTERFACE)
    }
    for resource in stack.of(INSTANCE, SPOT):
        template = next(iter(stack.sources(resource, "launchTemplate", TEMPLATE)), None)
        names = (resource.name, _tag(resource, "Name"), _tag(resource, NODE_TAG))
        carried = [bundle for name in dict.fromkeys(names) if name for bundle in by_node.get(name, ())]
        boot = booted(resource, template)
        interfaces = tuple(
            interface
            for place in ("primaryNetworkInterface", "networkInterfaces")
            for interface in stack.sources(resource, place, INTERFACE)
        )
        interfaces += (attached[resource.urn],) if resource.urn in attached else ()
        yield Host(
            resource=resource,
            name=carried[0].node if carried else names[1] or resource.name,
            files={**boot.files, **_carried(carried), **files_over_ssh(stack, resource.urn)},
            manifest=next((bundle.manifest for bundle in carried if bundle.manifest), ""),
            commands=boot.commands,
            interfaces=interfaces,
            subnets=tuple(s for r in (resource, *interfaces) for s in stack.sources(r, "subnetId", SUBNET)),
            parts=(resource, *([template] if template else []), *commanded(stack).get(resource.urn, ())),
            sealed=any(bundle.files is None for bundle in carried),
        )


def _templates(stack: Stack) -> Iterator[Host]:
    used = {t.urn for i in stack.of(INSTANCE, SPOT) for t in stack.sources(i, "launchTemplate", TEMPLATE)}
    for resource in stack.of(TEMPLATE, CONFIGURATION):
        owners = [group for group in scaling_groups(stack) if resource.urn in group.templates]
        if resource.urn in used and not owners:
            continue
        boot = booted(resource, None)
        yield Host(
            resource=resource,
            name=resource.name,
            files=boot.files,
            commands=boot.commands,
            owners=tuple(group.resource for group in owners),
            count=sum(group.size for group in owners) or 1,
            parts=(resource,),
        )


def _remote(stack: Stack) -> Iterator[Host]:
    """Machines that the stack only reaches by commands."""
    for place, commands in commanded(stack).items():
        if stack.at(place) is None:
            files = files_over_ssh(stack, place)
            yield Host(
                resource=commands[0],
                name=place.removeprefix("local:"),
                files=files,
                place="" if place.startswith("local:") else place,
                parts=commands,
            )


def _carried(carried: Iterable[Bundle]) -> dict[str, File]:
    return {
        path: File(path=path, content=body, secret=bundle.secret)
        for bundle in carried
        for path, body in bundle.files or ()
    }


def _tag(resource: Resource, name: str) -> str:
    tags = resource.properties.raw("tags")
    value = tags.get(name) if isinstance(tags, dict) else None
    return value if isinstance(value, str) else ""
