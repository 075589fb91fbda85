"""Where members live, and what they live on."""

import re
from collections import Counter
from collections.abc import Iterator

from policies.rule import Severity, rule
from policies.stack import Stack
from policies.views.control_planes import environment
from policies.views.etcd import etcd_clusters
from policies.views.hosts import INSTANCE
from policies.views.machines import hosts
from policies.views.volumes import volumes
from policies.violation import Violation

GROUPS = ("aws:autoscaling/group:Group",)
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
SOLID_STATE = frozenset({"gp2", "gp3", "io1", "io2"})
_ETCD = re.compile(r"(?<![a-z])etcd(?![a-z])")


@rule(
    id="P15",
    title="No auto-scaling group owns etcd members",
    fix="Make each member a machine of its own with a fixed address; let the program replace it.",
    severity=Severity.HIGH,
    references=("etcd documentation: runtime reconfiguration",),
)
def no_scaled_members(stack: Stack) -> Iterator[Violation]:
    """A member has an identity, a disk and an address; a group replaces machines without telling the other members."""
    running = {host.resource.urn for host in hosts(stack) if host.resource.type == TEMPLATE and host.etcd}
    for group in stack.of(*GROUPS):
        tags = " ".join(f"{tag.text('key')} {tag.text('value')}" for tag in group.properties.parts("tags"))
        templates = {source.urn for source in stack.sources(group, "launchTemplate", TEMPLATE)}
        if _ETCD.search(f"{group.name} {tags}".lower()) or templates & running:
            yield group.violation(f"the group {group.name} starts and stops etcd members")


@rule(
    id="P17",
    title="etcd's data lies on an encrypted solid-state volume that outlives its machine",
    fix="Attach an encrypted gp3 or io2 volume of its own to each member, with protect set.",
    severity=Severity.HIGH,
    references=("etcd documentation: hardware recommendations, disks", "AWS Well-Architected: SEC08-BP02"),
    thresholds={"disposable": ["local", "dev", "test"]},
)
def durable_volumes(stack: Stack, *, disposable: list[str]) -> Iterator[Violation]:
    """etcd waits for every write to reach the disk, keeps every Secret there, and a lost disk is a lost member."""
    members = {host.resource.urn: host for cluster in etcd_clusters(stack) for host in cluster.hosts}
    for urn, host in members.items():
        if host.resource.type != INSTANCE:
            continue
        attached = [volume for volume in volumes(stack) if volume.instance == urn]
        if not attached:
            yield host.violation("no volume of its own for /var/lib/etcd")
        for volume in attached:
            if not volume.encrypted:
                yield volume.violation(f"the volume for {host.name} is not encrypted")
            if volume.kind and volume.kind not in SOLID_STATE:
                yield volume.violation(f"the volume for {host.name} is {volume.kind}, not solid-state")
            if not volume.survives:
                yield volume.violation(f"the volume for {host.name} is deleted with its machine")
            elif volume.own and not volume.resource.protect and environment(stack) not in disposable:
                yield volume.violation(f"the volume for {host.name} is not protected")


@rule(
    id="P18",
    title="Members are spread so that no failure domain holds a quorum",
    fix="Place the members in three failure domains (availability zones, racks, hosts), as evenly as possible.",
    severity=Severity.CRITICAL,
    references=("etcd documentation: FAQ, failure tolerance", "AWS Well-Architected: REL10-BP01"),
    thresholds={"minimum": 3, "single": ["test", "dev"]},
)
def spread_members(stack: Stack, *, minimum: int, single: list[str]) -> Iterator[Violation]:
    """If one zone or rack holds half of the members, losing it stops every write to the cluster."""
    for cluster in etcd_clusters(stack):
        count = len(cluster.members)
        if count == 1 or environment(stack) in single:
            continue
        unsaid = [member.name for member in cluster.members if not member.zone]
        if unsaid:
            yield cluster.violation(f"no failure domain is known of {', '.join(unsaid)}")
            continue
        domains = Counter(member.zone for member in cluster.members)
        domain, most = domains.most_common(1)[0]
        if most >= count // 2 + 1:
            yield cluster.violation(f"failure domain {domain} holds {most} of {count} members, which is a quorum")
        elif len(domains) < minimum:
            yield cluster.violation(f"{count} members in {len(domains)} failure domains, at least {minimum} are needed")
