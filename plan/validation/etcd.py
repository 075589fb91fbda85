"""etcd's timing and size (requirements ETCD-14, ETCD-15)."""

from collections.abc import Iterator
from math import ceil

from plan.refusal import Refusal
from plan.settings.cluster import Settings

LONGEST_ELECTION_MS = 50_000  # etcd itself refuses more
HEARTBEATS = 5  # in an election: etcd itself refuses fewer
ROUND_TRIPS = 10  # in an election: etcd tuning guide
LATE = "members that only answer late would be taken for dead, and one election would follow the other"
LARGEST_QUOTA = 8 * 1024**3  # bytes; etcd warns above


def heartbeats(settings: Settings) -> Iterator[Refusal]:
    """An election misses several heartbeats, not one that was late."""
    heartbeat = settings.etcd.heartbeat_ms
    if heartbeat <= 0:
        at, fix = "etcd.heartbeatMs", "100 is good in one site"
        yield Refusal(at=at, bound="more than 0 ms", got=heartbeat, why="it is a duration", fix=fix)
    elif settings.etcd.election_ms < HEARTBEATS * heartbeat:
        yield Refusal(
            at="etcd.electionMs",
            bound=f"at least {HEARTBEATS} heartbeats of {heartbeat} ms",
            got=f"{settings.etcd.election_ms} ms",
            why=LATE,
            fix=f"use {10 * heartbeat}, or shorter heartbeats",
        )


def round_trips(settings: Settings) -> Iterator[Refusal]:
    """An election and a heartbeat leave time for an answer."""
    round_trip = settings.etcd.round_trip_ms
    if round_trip <= 0:
        at, fix = "etcd.roundTripMs", "measure it with `ping` between the farthest two"
        yield Refusal(at=at, bound="more than 0 ms", got=round_trip, why="it is a duration", fix=fix)
        return
    if settings.etcd.election_ms < ROUND_TRIPS * round_trip:
        yield Refusal(
            at="etcd.electionMs",
            bound=f"at least {ROUND_TRIPS} round trips of {round_trip:g} ms",
            got=f"{settings.etcd.election_ms} ms",
            why=LATE,
            fix=f"use {ceil(ROUND_TRIPS * round_trip)} or more, or bring the members closer together",
        )
    if 0 < settings.etcd.heartbeat_ms < round_trip / 2:
        yield Refusal(
            at="etcd.heartbeatMs",
            bound=f"at least half a round trip of {round_trip:g} ms",
            got=f"{settings.etcd.heartbeat_ms} ms",
            why="heartbeats faster than answers only load the network (etcd tuning guide)",
            fix=f"use {ceil(round_trip)}",
        )


def longest_election(settings: Settings) -> Iterator[Refusal]:
    """A failure is noticed within a minute."""
    if settings.etcd.election_ms > LONGEST_ELECTION_MS:
        why = "etcd refuses more; the cluster stands still for as long"
        bound, got = f"at most {LONGEST_ELECTION_MS} ms", f"{settings.etcd.election_ms} ms"
        yield Refusal(at="etcd.electionMs", bound=bound, got=got, why=why, fix="1000 is good in one region")


def quota(settings: Settings) -> Iterator[Refusal]:
    """A database that etcd can still move around."""
    given = settings.etcd.quota_bytes
    if not 0 < given <= LARGEST_QUOTA:
        yield Refusal(
            at="etcd.quotaBytes",
            bound=f"more than 0 and at most {LARGEST_QUOTA} bytes (8 GiB)",
            got=given,
            why="a larger database takes minutes to load, to save and to send to a new member",
            fix=f"use {4 * 1024**3} (4 GiB)",
        )
