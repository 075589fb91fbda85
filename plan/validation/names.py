"""Names of the cluster and its hosts (requirements INF-03, ETCD-11)."""

from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.syntax import is_label, is_label_value
from plan.validation import listing

# A kubelet's certificate has the common name `system:node:NAME`, of at most 64 characters (RFC 5280, ub-common-name).
LONGEST_NODE_NAME = 64 - len("system:node:")
LONGEST_LOCAL_NAME = 32  # of a machine on this computer: it is part of longer names
TAKEN = ("localhost", "kubernetes")  # names that the API server's certificate has already, for something else


def cluster(settings: Settings) -> Iterator[Refusal]:
    """A DNS label."""
    if not is_label(settings.cluster):
        why = "it becomes part of file names, resource names and etcd's token"
        yield Refusal(at="cluster", bound="a DNS label", got=repr(settings.cluster), why=why, fix="such as `prod-eu`")


def form(settings: Settings) -> Iterator[Refusal]:
    """DNS labels, short enough for a certificate."""
    longest = LONGEST_LOCAL_NAME if settings.local_machines is not None else LONGEST_NODE_NAME
    for at, name in listing.names(settings):
        if not is_label(name) or name in TAKEN or len(name) > longest:
            yield Refusal(
                at=f"{at}.name",
                bound=f"a DNS label of at most {longest} characters, other than {' and '.join(TAKEN)}",
                got=repr(name),
                why="it is the node's name in Kubernetes, in certificates and in etcd",
                fix="use lower-case letters, digits and hyphens, such as `cp1`",
            )


def once(settings: Settings) -> Iterator[Refusal]:
    """No two hosts of one name."""
    seen: dict[str, str] = {}
    for at, name in listing.names(settings):
        if name in seen:
            yield Refusal(
                at=f"{at}.name",
                bound="a name of its own",
                got=f"{name!r}, which is also {seen[name]}",
                why="members, certificates and machines are told apart by it",
                fix="give every host another name",
            )
        seen.setdefault(name, at)


def failure_domains(settings: Settings) -> Iterator[Refusal]:
    """Values that a node's label can carry."""
    for at, domain in listing.failure_domains(settings):
        if not is_label_value(domain):
            yield Refusal(
                at=f"{at}.failureDomain",
                bound="1 to 63 letters, digits, dots, hyphens or underscores",
                got=repr(domain),
                why="it becomes the node's label topology.kubernetes.io/zone",
                fix="such as `rack-1`",
            )
