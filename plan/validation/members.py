"""The number of members, and their failure domains (requirements INF-01, ETCD-01, ETCD-02, ETCD-10)."""

from collections import Counter
from collections.abc import Iterator

from plan.aws.subnets import zones
from plan.quorum import fault_tolerance, quorum
from plan.refusal import Refusal
from plan.settings.cluster import Settings

MOST = 7  # etcd FAQ: every additional member slows down writes and prevents no realistic failure


def count(settings: Settings) -> Iterator[Refusal]:
    """The number of nodes is odd, from 3 to 7; one only if explicitly allowed, and never in production."""
    given = len(settings.nodes)
    wanted = settings.members
    if wanted is not None and not 1 <= wanted <= MOST:
        what = f"an odd number from 3 to {MOST}, because each node runs one etcd member"
        yield Refusal(at="members", what=what, found=wanted, why=_reason(max(wanted, 0)), fix="use 3 or 5")
        if wanted == given or settings.kind == "aws":
            return  # on AWS the nodes are derived from it
    elif wanted is not None and wanted != given:
        yield Refusal(
            at="nodes",
            what=f"{wanted} nodes, like `members`",
            found=f"{given}",
            why="a missing or repeated entry would silently change the quorum",
            fix="complete the list, or change `members`",
        )
    if given == 1:
        yield from _single(settings)
    elif given > MOST or given % 2 == 0:
        yield Refusal(
            at="nodes",
            what=f"an odd number of nodes from 3 to {MOST}, because each runs one etcd member",
            found=f"{given}",
            why=_reason(given),
            fix=f"use {_better(given)}",
        )


def _single(settings: Settings) -> Iterator[Refusal]:
    why = "one member tolerates no failure: if its disk is lost, so is the cluster"
    if settings.preset == "prod":
        fix = "use 3 or 5 nodes, or another preset"
        yield Refusal(at="nodes", what="at least 3 nodes in production", found="1", why=why, fix=fix)
    elif not settings.single_member:
        fix = "use 3 nodes; for a test, set `singleMember: true`"
        yield Refusal(at="nodes", what="at least 3 nodes, unless explicitly allowed", found="1", why=why, fix=fix)


def _reason(given: int) -> str:
    if given == 0:
        return "without a member there is no cluster"
    if given > MOST:
        return f"every write waits for {quorum(given)} members; beyond {MOST} the cost outweighs the protection"
    tolerated, fewer = fault_tolerance(given), given - 1
    if tolerated == 0:
        return f"{given} members tolerate no failure at all, and are more likely to fail than {fewer}"
    failures = "1 failure" if tolerated == 1 else f"{tolerated} failures"
    return f"{given} members tolerate {failures}, exactly as many as {fewer}, and are more likely to fail"


def _better(given: int) -> str:
    if given <= 2:  # noqa: PLR2004 - two are not safer than one
        return "3"
    return f"{MOST}, or better 3 or 5" if given > MOST else f"{given - 1} or {given + 1}"


def failure_domains(settings: Settings) -> Iterator[Refusal]:
    """No single failure domain breaks the quorum, unless explicitly allowed."""
    given = len(settings.nodes)
    tolerated = fault_tolerance(given)
    if settings.single_failure_domain or tolerated == 0:
        return
    if settings.aws is not None and len(set(zones(settings.aws))) < -(-given // tolerated):
        return  # reported for the zones, from which the nodes are derived
    for domain, inside in Counter(node.failure_domain for node in settings.nodes).items():
        if inside > tolerated:
            yield Refusal(
                at="nodes",
                what=f"at most {tolerated} of {given} nodes in one failure domain",
                found=f"{inside} in {domain!r}",
                why=f"when {domain!r} fails, {given - inside} are left and {quorum(given)} must agree",
                fix=f"spread the nodes over {-(-given // tolerated)} or more failure domains; "
                "if there are no more, set `singleFailureDomain: true`",
            )
