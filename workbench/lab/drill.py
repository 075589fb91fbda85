"""One drill: writers and readers at every place, faults meanwhile, and the account at the end."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from workbench.lab import etcd
from workbench.lab.account import Account, account, stored
from workbench.lab.api import Connection
from workbench.lab.fault import Fault, Hit, inject, mend
from workbench.lab.figure import Figure
from workbench.lab.gaps import Service, longest_gap, service
from workbench.lab.ledger import ENDPOINT, Ledger, Window, within
from workbench.lab.reader import Reader, Reading, reading
from workbench.lab.site import Site
from workbench.lab.wait import TimedOut, until
from workbench.lab.writer import Patience, Writer, writing

STEADY = 10  # confirmed writes that prove that the cluster works
PACE = 0.05  # seconds between two writes through the endpoint
SERVER_PACE = 0.25  # through each API server: enough to see which one serves, without adding load
READ_PACE = 0.1  # seconds between two reads through the endpoint
SERVER_READ_PACE = 0.2
SERVER_PATIENCE = Patience(deadline=1.0, pause=0.2)


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something that happened in a drill, for the picture and the report; `at` in seconds of the ledger's clock."""

    at: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The outcome of a drill.

    `service` is that of the client that dials the endpoint, `services` those of all clients by place; `fresh` counts,
    by place, the reads that saw all earlier confirmed writes; `disagreement` is empty if all etcd members hold the same
    data.
    """

    hits: tuple[Hit, ...]
    account: Account
    service: Service
    services: dict[str, Service]
    stale: tuple[Reading, ...]
    fresh: dict[str, int]
    disagreement: str

    def check(self) -> None:
        """Check that no confirmed write is lost, no read was stale, and all etcd members hold the same data at the end.

        Raises `AssertionError` with the problems.
        """
        if not self.account.balanced:
            raise AssertionError(str(self.account))
        if self.disagreement:
            raise AssertionError(self.disagreement)
        if self.stale:
            first = self.stale[0]
            raise AssertionError(f"{len(self.stale)} stale reads, the first at {first.place}: {first.seen}")


@dataclass(kw_only=True)
class Drill:
    """A running drill.

    `outcome` is set once its block has ended. `taken_back`: a window whose confirmed writes a restore undoes on
    purpose, so they are not checked.
    """

    site: Site
    ledger: Ledger
    readers: tuple[Reader, ...]
    begun: float
    end: float | None = None
    rewritten: bool = False  # set by a drill that rewrites every object, which changes the revisions
    hits: list[Hit] = field(default_factory=list)
    lasting: list[Hit] = field(default_factory=list)  # faults that are not fixed yet
    notes: list[Note] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    taken_back: Window | None = None
    outcome: Outcome | None = None

    @property
    def finished(self) -> Outcome:
        """The outcome. Raises `AssertionError` while the drill runs."""
        if self.outcome is None:
            raise AssertionError("a drill's outcome is known once its block has ended")
        return self.outcome

    def inject(self, fault: Fault) -> Hit:
        """Inject a fault."""
        hit = inject(self.site, fault, begun=self.begun)
        self.hits.append(hit)
        self.lasting.append(hit)
        self.notes.append(Note(at=hit.at, text=f"{fault.title}: {', '.join(hit.names)}"))
        return hit

    def mend(self, hit: Hit) -> float:
        """Undo a fault that does not end by itself; returns the time at which that started."""
        at = time.monotonic()
        if hit.fault.lasts:
            self.note(f"undone: {', '.join(hit.names)}")
        mend(self.site, hit)
        self.lasting.remove(hit)
        return at

    def note(self, text: str) -> None:
        """Mark the current time in the report."""
        self.notes.append(Note(at=time.monotonic(), text=text))

    def figure(self, figure: Figure) -> None:
        """Record a measurement of this drill."""
        self.figures.append(figure)

    def wait_for_writes(self, *, seconds: float, through: str = ENDPOINT) -> None:
        """Wait until writes are confirmed again. Raises `TimedOut`."""
        if not self.ledger.wait_for_more(STEADY, seconds=seconds, through=through):
            last = self.ledger.through(through).failed[-1:]
            raise TimedOut(
                f"no {STEADY} writes in {seconds:g} s; the last failure: {last[0].reason if last else 'none'}"
            )

    def gap(self, since: float) -> float:
        """Longest time without a confirmation through the endpoint since a point in time, in seconds."""
        return longest_gap(self.ledger.through(ENDPOINT), Window(begin=since, end=time.monotonic()))


@contextmanager
def drill(site: Site, *, kept: Path | None = None, patience: Patience | None = None) -> Iterator[Drill]:
    """Write and read everywhere while the block runs, then account for all writes.

    `kept` names the ledger's file; `patience` is that of the client that dials the endpoint. Its own namespace
    separates each drill's objects.
    """
    ledger = Ledger(kept)
    namespace = f"drill-{secrets.token_hex(4)}"
    writer = Writer(site.access, ledger, pace=PACE, patience=patience, namespace=namespace)
    others = tuple(
        Writer(site.access, ledger, to=server, pace=SERVER_PACE, patience=SERVER_PATIENCE, namespace=namespace)
        for server in site.servers
    )
    with (
        writing(writer, *others),
        reading(site.access, site.servers, writer, pace=SERVER_READ_PACE) as of_servers,
        reading(site.access, (site.endpoint,), writer, pace=READ_PACE) as of_endpoint,
    ):
        readers = (*of_servers, *of_endpoint)
        running = Drill(site=site, ledger=ledger, readers=readers, begun=time.monotonic())
        running.wait_for_writes(seconds=10)
        failure: Exception | None = None
        try:
            yield running
        except Exception as reason:  # noqa: BLE001  raised again below, once everything is accounted for
            failure = reason
        finally:
            running.end = time.monotonic()
            for hit in running.lasting:  # a failed drill leaves no fault behind for the next one
                with suppress(OSError):
                    mend(site, hit)
    ledger.close()
    try:
        running.outcome = _outcome(running, writer.objects, Window(begin=running.begun, end=running.end))
    except (AssertionError, OSError):
        if failure is None:
            raise
    else:
        etcd.forget_objects(site.machines, namespace)
    if failure is not None:
        raise failure


def _outcome(ended: Drill, objects: str, window: Window) -> Outcome:
    """Account for everything. Raises `TimedOut` if the cluster does not respond."""
    site, readers = ended.site, ended.readers
    connection = Connection(site.access)
    found = until("the drill's objects can be listed", lambda: stored(connection, objects), seconds=30)
    connection.close()
    places = (*site.servers, site.endpoint)
    services = {place.name: service(ended.ledger.through(place.name), window) for place in places}
    return Outcome(
        hits=tuple(ended.hits),
        account=account(ended.ledger.without(ended.taken_back), found, rewritten=ended.rewritten),
        service=services[site.endpoint.name],
        services=services,
        stale=tuple(one for reader in readers for one in reader.stale if not within(one.at, ended.taken_back)),
        fresh={reader.place.name: len(reader.fresh) for reader in readers},
        disagreement=until("members of etcd can be compared", lambda: etcd.disagreement(site.machines), seconds=30),
    )
