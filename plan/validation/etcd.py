"""etcd's timing (requirements ETCD-14, ETCD-15)."""

from collections.abc import Iterator
from math import ceil

from plan.refusal import Refusal
from plan.settings.cluster import Settings

HEARTBEATS = 5  # heartbeats in an election timeout; etcd itself refuses fewer
ROUND_TRIPS = 10  # round trips in an election timeout (etcd tuning guide)
LATE = "members that are only slow would be treated as dead, and elections would repeat"
LONGEST_ROUND_TRIP_MS = 5_000


def heartbeats(settings: Settings) -> Iterator[Refusal]:
    """An election starts after several missed heartbeats, not after a single late one."""
    heartbeat = settings.etcd.heartbeat_ms
    if settings.etcd.election_ms < HEARTBEATS * heartbeat:
        yield Refusal(
            at="etcd.electionMs",
            what=f"at least {HEARTBEATS} heartbeats of {heartbeat} ms",
            found=f"{settings.etcd.election_ms} ms",
            why=LATE,
            fix=f"use {10 * heartbeat}, or shorter heartbeats",
        )


def round_trips(settings: Settings) -> Iterator[Refusal]:
    """The election timeout and the heartbeat interval leave time for a reply."""
    round_trip = settings.etcd.round_trip_ms
    if not 0 < round_trip <= LONGEST_ROUND_TRIP_MS:
        return  # `plan.validation.numbers` reports it
    if settings.etcd.election_ms < ROUND_TRIPS * round_trip:
        yield Refusal(
            at="etcd.electionMs",
            what=f"at least {ROUND_TRIPS} round trips of {round_trip:g} ms",
            found=f"{settings.etcd.election_ms} ms",
            why=LATE,
            fix=f"use {ceil(ROUND_TRIPS * round_trip)} or more, or bring the members closer together",
        )
    if 0 < settings.etcd.heartbeat_ms < round_trip / 2:
        yield Refusal(
            at="etcd.heartbeatMs",
            what=f"at least half a round trip of {round_trip:g} ms",
            found=f"{settings.etcd.heartbeat_ms} ms",
            why="heartbeats that are faster than replies only load the network (etcd tuning guide)",
            fix=f"use {ceil(round_trip)}",
        )
