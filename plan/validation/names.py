"""Names of the hosts (requirements INF-03, ETCD-11)."""

from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.syntax import is_label
from plan.validation import listing
from plan.visible import shown

# A kubelet's certificate has the common name `system:node:NAME`, of at most 64 characters (RFC 5280, ub-common-name).
LONGEST_NODE_NAME = 64 - len("system:node:")
LONGEST_LOCAL_NAME = 32  # for a machine on this computer, because it is part of longer names
TAKEN = ("localhost", "kubernetes")  # names that already have another meaning in the API server's certificate


def form(settings: Settings) -> Iterator[Refusal]:
    """Host names are DNS labels, short enough for a certificate."""
    longest = LONGEST_LOCAL_NAME if settings.local_machines is not None else LONGEST_NODE_NAME
    for at, name in listing.names(settings):
        if not is_label(name) or name in TAKEN or len(name) > longest:
            yield Refusal(
                at=f"{at}.name",
                what=f"a DNS label of at most {longest} characters, other than {' and '.join(TAKEN)}",
                found=shown(name),
                why="it is the node's name in Kubernetes, in certificates and in etcd",
                fix="use lower-case letters, digits and hyphens, such as `cp1`",
            )


def once(settings: Settings) -> Iterator[Refusal]:
    """No two hosts have the same name."""
    seen: dict[str, str] = {}
    for at, name in listing.names(settings):
        if name in seen:
            yield Refusal(
                at=f"{at}.name",
                what="a unique name",
                found=f"{shown(name)}, which is already the name of {seen[name]}",
                why="it identifies members, certificates and machines",
                fix="give every host another name",
            )
        seen.setdefault(name, at)
