"""Which resources are machines, and which files reach them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from policies.resources import Resource
from policies.stack import Stack, view
from policies.views.bundles import Bundle, bundles
from policies.views.evidence import OTHER, role_of
from policies.views.fetched import fetched
from policies.views.first_boot import booted
from policies.views.hosts import CONFIGURATION, INSTANCE, NODE, SPOT, TEMPLATE, File, Host
from policies.views.neighbours import related
from policies.views.over_ssh import commanded, files_over_ssh
from policies.views.quorate_nodes import quorate_node
from policies.views.scaling import scaling_groups

SUBNET = "aws:ec2/subnet:Subnet"
INTERFACE = "aws:ec2/networkInterface:NetworkInterface"
INTERFACE_ATTACHMENT = "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment"
NODE_TAG = "quorate:node"  # this project's own tag: which bundle of files an instance fetches


@view
def hosts(stack: Stack) -> tuple[Host, ...]:
    """Every machine of the stack, with its role and the evidence for it."""
    return tuple(related(stack, own_documents(stack)))


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
            files={
                **boot.files,
                **fetched(stack, resource, boot.texts()),
                **_carried(carried),
                **files_over_ssh(stack, resource.urn),
            },
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
            files={**boot.files, **fetched(stack, resource, boot.texts())},
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
