"""Auto-scaling groups: the machines that they start, and the balancers in front of those."""

from dataclasses import dataclass

from policies.resources import Resource
from policies.stack import Stack, view
from policies.views.hosts import CONFIGURATION, TEMPLATE

GROUP = "aws:autoscaling/group:Group"
ATTACHMENT = "aws:autoscaling/attachment:Attachment"
TRAFFIC = "aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment"
_TEMPLATES = ("launchTemplate", "mixedInstancesPolicy", "launchConfiguration")
_BALANCERS = ("targetGroupArns", "loadBalancers", "trafficSources")


@dataclass(frozen=True, kw_only=True, eq=False)
class ScalingGroup:
    """`templates` are what it starts, `balancers` the target groups and classic load balancers, all URNs."""

    resource: Resource
    templates: frozenset[str]
    balancers: frozenset[str]
    size: int
    zones: int  # subnets or zones in which it starts machines; 0 if not set


@view
def scaling_groups(stack: Stack) -> tuple[ScalingGroup, ...]:
    """Every auto-scaling group; either side may declare an attachment."""
    attached: dict[str, set[str]] = {}
    for resource in stack.of(ATTACHMENT, TRAFFIC):
        for group in stack.sources(resource, "autoscalingGroupName", GROUP):
            for name in ("lbTargetGroupArn", "elb", "trafficSource"):
                attached.setdefault(group.urn, set()).update(resource.sources(name))
    return tuple(
        ScalingGroup(
            resource=group,
            templates=frozenset(
                source.urn for name in _TEMPLATES for source in stack.sources(group, name, TEMPLATE, CONFIGURATION)
            ),
            balancers=frozenset(urn for name in _BALANCERS for urn in group.sources(name))
            | frozenset(attached.get(group.urn, ())),
            size=_size(group),
            zones=max(_length(group, "vpcZoneIdentifiers"), _length(group, "availabilityZones")),
        )
        for group in stack.of(GROUP)
    )


def _size(group: Resource) -> int:
    for name in ("desiredCapacity", "minSize", "maxSize"):
        if group.properties.known(name) and (size := group.properties.number(name)):
            return int(size)
    return 1


def _length(group: Resource, name: str) -> int:
    value = group.properties.raw(name)
    return len(value) if isinstance(value, list) else 0
