"""Traffic of an AWS environment: openings, workers, egress, and flow logs."""

from collections.abc import Iterator

from plan.network.endpoint import API_PORT
from plan.network.port_matrix import NODE_PORTS
from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.validation import listing
from plan.validation.special_ranges import special
from plan.visible import shown

# Days (CloudWatch Logs: PutRetentionPolicy).
RETENTION = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180),
    *(365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)


def openings(settings: Settings) -> Iterator[Refusal]:
    """Extra ports are not open already."""
    if settings.aws is None:
        return
    taken = {("tcp", number): user for number, user in {**NODE_PORTS, API_PORT: "the API server"}.items()}
    for index, opening in enumerate(settings.aws.network.openings):
        key, at = (opening.protocol, opening.port), f"aws.network.openings[{index}]"
        if key in taken:
            found, why = f"{opening.port}/{opening.protocol}, {taken[key]}", "AWS refuses the same rule twice"
            yield Refusal(
                at=at, what="a port that is not already open or in use", found=found, why=why, fix="remove it"
            )
        taken[key] = f"opened by aws.network.openings[{index}]"


def workers(settings: Settings) -> Iterator[Refusal]:
    """Ranges of workers and their pods do not overlap those of Services."""
    given = settings.aws.network.workers if settings.aws else ()
    for index, one in enumerate(given):
        at = f"aws.network.workers[{index}]"
        if (kind := special(one)) is not None:
            what, found, why = (
                "ordinary unicast addresses",
                f"{one}, which contains {kind} addresses",
                "they are not routed",
            )
            yield Refusal(at=at, what=what, found=found, why=why, fix="use a private range")
        for other_at, other in listing.services(settings):
            if one.version == other.version and one.overlaps(other):
                why = "connections to an address in both would reach a Service instead of a worker"
                what, fix = f"disjoint from {other_at} ({other})", "choose another range for one of them"
                yield Refusal(at=at, what=what, found=str(one), why=why, fix=fix)


def egress(settings: Settings) -> Iterator[Refusal]:
    """Nodes have a route to the source of their programs."""
    if settings.aws is None or settings.aws.network.vpc_id is not None:
        return
    store = settings.artifacts.store if settings.artifacts.source == "store" else None
    if settings.aws.network.egress == "endpoints" and not (store or "").startswith("s3://"):
        source = "packages of the distribution" if store is None else shown(store)
        yield Refusal(
            at="aws.network.egress",
            what="`nat` or `nat-per-zone`, unless programs come from a store in S3",
            found=f"`endpoints`, with {source}",
            why="endpoints only reach AWS's services, so the nodes could never install a program",
            fix="set `artifacts.source: store` with a store such as s3://bucket/1.36.3, or change `egress`",
        )


def flow_logs(settings: Settings) -> Iterator[Refusal]:
    """The retention is one that CloudWatch offers."""
    given = settings.aws.network.flow_log_days if settings.aws else 0
    if 0 <= given <= RETENTION[-1] and given not in (0, *RETENTION):
        near = min(RETENTION, key=lambda days: (abs(days - given), days))
        at, why = "aws.network.flowLogDays", "CloudWatch only keeps logs for certain numbers of days"
        what = f"0 or one of {', '.join(map(str, RETENTION))}"
        yield Refusal(at=at, what=what, found=given, why=why, fix=f"use {near}")
