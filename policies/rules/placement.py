"""Where members run, and which disks hold their data."""

from collections import Counter
from collections.abc import Iterator

from policies.rule import Severity, rule
from policies.scope import MEMBER, VOLUME
from policies.stack import Stack
from policies.views.control_planes import environment
from policies.views.etcd import etcd_clusters, running_members
from policies.views.hosts import INSTANCE, SPOT, Host
from policies.views.volumes import Volume, volumes_by_machine
from policies.violation import Violation

MACHINES = (INSTANCE, SPOT)
SOLID_STATE = frozenset({"gp2", "gp3", "io1", "io2"})


@rule(
    id="P15",
    title="No auto-scaling group owns etcd members",
    fix="Give each member its own machine with a fixed address; let the program replace it.",
    evidence=MEMBER,
    severity=Severity.HIGH,
    references=("etcd documentation: runtime reconfiguration",),
)
def no_scaled_members(stack: Stack) -> Iterator[Violation]:
    """A member has an identity, a disk and an address; a group replaces machines without reconfiguring etcd."""
    for host in running_members(stack):
        for group in host.owners:
            what = f"the group {group.name} starts and stops etcd members"
            yield Violation(what=what, urn=group.urn, because=host.because)


@rule(
    id="P17",
    title="etcd's data is on an encrypted solid-state volume that outlives its machine",
    fix="Attach an encrypted gp3 or io2 volume of its own to each member, with protect set.",
    evidence=VOLUME,
    severity=Severity.HIGH,
    references=("etcd documentation: hardware recommendations, disks", "AWS Well-Architected: SEC08-BP02"),
    thresholds={"disposable": ["local", "dev", "test"]},
)
def durable_volumes(stack: Stack, *, disposable: list[str]) -> Iterator[Violation]:
    """etcd waits for every write to reach the disk, which contains every Secret; losing the disk loses the member."""
    members = {host.resource.urn: host for cluster in etcd_clusters(stack) for host in cluster.hosts}
    for host in members.values():
        if host.resource.type not in MACHINES or host.owners:
            continue
        attached = [v for part in host.parts for v in volumes_by_machine(stack).get(part.urn, ())]
        if not attached:
            yield host.violation("no volume of its own for /var/lib/etcd")
        for volume in attached:
            wrong = list(_wrong(volume, disposable=environment(stack) in disposable))
            if wrong:
                yield Violation(
                    what=f"the volume for {host.name} is {', '.join(wrong)}",
                    urn=volume.resource.urn,
                    because=f"the volume is judged because {host.name} stores etcd's data on it; {host.because}",
                )


def _wrong(volume: Volume, *, disposable: bool) -> Iterator[str]:
    if not volume.encrypted:
        yield "not encrypted"
    if volume.kind and volume.kind not in SOLID_STATE:
        yield f"{volume.kind}, not solid-state"
    if not volume.survives:
        yield "deleted with its machine"
    elif volume.own and not volume.resource.protect and not disposable:
        yield "not protected"


@rule(
    id="P18",
    title="Members are spread so that no failure domain holds a quorum",
    fix="Place the members in three failure domains (availability zones, racks, hosts), as evenly as possible.",
    evidence=MEMBER,
    severity=Severity.CRITICAL,
    references=("etcd documentation: FAQ, failure tolerance", "AWS Well-Architected: REL10-BP01"),
    thresholds={"minimum": 3, "single": ["test", "dev"]},
)
def spread_members(stack: Stack, *, minimum: int, single: list[str]) -> Iterator[Violation]:
    """If one zone or rack holds half of the members, losing it stops every write to the cluster."""
    for cluster in etcd_clusters(stack):
        count = len(cluster.members)
        # Machines outside a cloud have no failure domain in the stack, and a scaling group spreads its machines by
        # itself.
        silent = all(host.place or host.owners for host in cluster.hosts) and bool(cluster.hosts)
        if count == 1 or environment(stack) in single or silent:
            continue
        unplaced = [member.name for member in cluster.members if not member.zone]
        if unplaced:
            if all(_says_where(host) for host in cluster.hosts):
                yield cluster.violation(f"the failure domain of {', '.join(unplaced)} is not known")
            continue
        domains = Counter(member.zone for member in cluster.members)
        domain, most = domains.most_common(1)[0]
        if most >= count // 2 + 1:
            yield cluster.violation(f"failure domain {domain} holds {most} of {count} members, which is a quorum")
        elif len(domains) < minimum:
            yield cluster.violation(f"{count} members in {len(domains)} failure domains, at least {minimum} are needed")


def _says_where(host: Host) -> bool:
    """Whether the machine's failure domain should be known: its subnet may be in another stack."""
    return not host.subnets and not host.resource.properties.has("subnetId")
