"""Targets of AWS load balancers: which machine, on which port, for every kind of attachment."""

from collections.abc import Iterator
from dataclasses import dataclass

from policies.resources import Resource
from policies.stack import Stack, view
from policies.views.scaling import scaling_groups

GROUPS = ("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup")
CLASSIC = "aws:elb/loadBalancer:LoadBalancer"
ATTACHMENTS = (
    "aws:lb/targetGroupAttachment:TargetGroupAttachment",
    "aws:alb/targetGroupAttachment:TargetGroupAttachment",
)
READY = ("/readyz", "/livez")  # Kubernetes documentation: API health endpoints; other programs have /healthz, too
CLASSIC_ATTACHMENT = "aws:elb/attachment:Attachment"


@dataclass(frozen=True, kw_only=True, eq=False)
class Attachment:
    """One target: the resources that its id refers to, or the address itself; `port` None means the group's."""

    resource: Resource
    group: str  # URN of the target group or the classic load balancer
    targets: tuple[Resource, ...]
    address: str
    port: int | None


@view
def attachments(stack: Stack) -> tuple[Attachment, ...]:
    """Every attachment: by a resource, by an auto-scaling group, or inside a classic load balancer."""
    return (*_attached(stack), *_scaled(stack), *_classic(stack))


@view
def attachments_by_group(stack: Stack) -> dict[str, tuple[Attachment, ...]]:
    """The attachments of each target group or classic load balancer, by URN."""
    found: dict[str, list[Attachment]] = {}
    for attachment in attachments(stack):
        found.setdefault(attachment.group, []).append(attachment)
    return {urn: tuple(listed) for urn, listed in found.items()}


def _attached(stack: Stack) -> Iterator[Attachment]:
    for resource in stack.of(*ATTACHMENTS):
        for group in stack.sources(resource, "targetGroupArn", *GROUPS):
            # An instance's id is only known after its creation; until then the reference identifies the instance.
            known = resource.properties.known("targetId")
            yield Attachment(
                resource=resource,
                group=group.urn,
                targets=tuple(stack.sources(resource, "targetId")),
                address=resource.properties.text("targetId") if known else "",
                port=port_number(resource, "port"),
            )


def _scaled(stack: Stack) -> Iterator[Attachment]:
    for group in scaling_groups(stack):
        for urn in sorted(group.balancers):
            yield Attachment(resource=group.resource, group=urn, targets=(group.resource,), address="", port=None)


def _classic(stack: Stack) -> Iterator[Attachment]:
    for balancer in stack.of(CLASSIC):
        for target in stack.sources(balancer, "instances"):
            yield Attachment(resource=balancer, group=balancer.urn, targets=(target,), address="", port=None)
    named = {r.properties.raw("name"): r for r in stack.of(CLASSIC) if isinstance(r.properties.raw("name"), str)}
    for resource in stack.of(CLASSIC_ATTACHMENT):
        # A classic balancer is identified by its name, so programs write it as a plain text.
        name = resource.properties.raw("elb")
        written = named.get(name) if isinstance(name, str) else None
        for balancer in stack.sources(resource, "elb", CLASSIC) or ([written] if written else []):
            targets = tuple(stack.sources(resource, "instance"))
            yield Attachment(resource=resource, group=balancer.urn, targets=targets, address="", port=None)


def port_number(resource: Resource, name: str) -> int | None:
    """A port property; None if it is missing or not known yet."""
    if not resource.properties.known(name):
        return None
    number = resource.properties.number(name)
    return None if number is None else int(number)


def asks_for_readiness(group: Resource) -> bool:
    """Whether a target group checks a path that only Kubernetes' own servers have."""
    check = group.properties.raw("healthCheck")
    path = check.get("path") if isinstance(check, dict) else None
    return path in READY
