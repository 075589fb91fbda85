"""One drill: a writer through the endpoint, readers everywhere, faults in between, and the account at the end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.live.drills.account import Account, account, stored
from tests.live.drills.api import Connection
from tests.live.drills.fault import Fault, Hit, inject, mend
from tests.live.drills.gaps import Service, Window, longest_gap, service
from tests.live.drills.ledger import Ledger
from tests.live.drills.reader import Reader, Reading, reading
from tests.live.drills.site import Site
from tests.live.drills.wait import TimedOut, until
from tests.live.drills.writer import Patience, Writer, writing

STEADY = 10  # confirmed writes that show that it runs


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a drill showed. `fresh` counts, by place, the reads that knew all that was confirmed before them."""

    hits: tuple[Hit, ...]
    account: Account
    service: Service
    stale: tuple[Reading, ...]
    fresh: dict[str, int]

    def check(self) -> None:
        """Nothing confirmed is lost and nothing stale was read. Raises `AssertionError` with what is wrong."""
        if not self.account.balanced:
            raise AssertionError(str(self.account))
        if self.stale:
            first = self.stale[0]
            raise AssertionError(f"{len(self.stale)} stale reads, the first at {first.place}: {first.seen}")


@dataclass(kw_only=True)
class Drill:
    """A drill that runs. `outcome` is there once its block has ended."""

    site: Site
    ledger: Ledger
    readers: tuple[Reader, ...]
    begun: float
    hits: list[Hit] = field(default_factory=list)
    outcome: Outcome | None = None

    @property
    def finished(self) -> Outcome:
        """The outcome. Raises `AssertionError` while the drill runs."""
        if self.outcome is None:
            raise AssertionError("a drill's outcome is known once its block has ended")
        return self.outcome

    def inject(self, fault: Fault) -> Hit:
        """Let a fault happen."""
        hit = inject(self.site, fault, begun=self.begun)
        self.hits.append(hit)
        return hit

    def mend(self, hit: Hit) -> None:
        """Switch on again what a fault switched off."""
        mend(self.site, hit)

    def wait_for_writes(self, *, seconds: float) -> None:
        """Wait until writes are confirmed again. Raises `TimedOut`."""
        if not self.ledger.wait_for_more(STEADY, seconds=seconds):
            last = self.ledger.failed[-1:]
            raise TimedOut(
                f"no {STEADY} writes in {seconds:g} s; the last failure: {last[0].reason if last else 'none'}"
            )

    def gap(self, since: float) -> float:
        """Longest time without a confirmation since a moment, in seconds."""
        return longest_gap(self.ledger, Window(begin=since, end=time.monotonic()))


@contextmanager
def drill(site: Site, *, kept: Path | None = None, patience: Patience | None = None) -> Iterator[Drill]:
    """Write and read for as long as the block lasts, then account for all of it; `kept` names the ledger's file."""
    ledger = Ledger(kept)
    writer = Writer(site.access, ledger, patience=patience)
    with writing(writer), reading(site.access, (*site.servers, site.endpoint), writer) as readers:
        running = Drill(site=site, ledger=ledger, readers=readers, begun=time.monotonic())
        running.wait_for_writes(seconds=10)
        yield running
        end = time.monotonic()
    ledger.close()
    connection = Connection(site.access)
    found = until("the drill's objects can be listed", lambda: stored(connection, writer.objects), seconds=30)
    connection.close()
    running.outcome = Outcome(
        hits=tuple(running.hits),
        account=account(ledger, found),
        service=service(ledger, Window(begin=running.begun, end=end)),
        stale=tuple(one for reader in readers for one in reader.stale),
        fresh={reader.place.name: len(reader.fresh) for reader in readers},
    )
