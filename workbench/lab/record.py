"""The record of one run of a drill: everything that the report and the picture need, as one JSON file."""

from collections import Counter
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from workbench.lab.drill import PACE, SERVER_PACE, Drill
from workbench.lab.figure import Figure
from workbench.lab.gaps import Service
from workbench.lab.ledger import ENDPOINT
from workbench.lab.reader import Reading


class Frozen(BaseModel):
    """Read from a file, and never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Circumstances(Frozen):
    """The drilled version, the time, and the computer's load: `load` is its average over the minute before."""

    commit: str
    made: str
    load: float
    processors: int


class Client(Frozen):
    """The service for a client at one place.

    `writes_a_second` is its attempted rate; the other fields are seconds or counts. `without_retry` counts writes whose
    first try failed, `with_retry` those that failed after five seconds of retries.
    """

    writes_a_second: float
    acknowledged: int
    longest_gap: float
    median_latency: float
    slowest: float
    without_retry: int
    with_retry: int
    reasons: dict[str, int]


class Mark(Frozen):
    """An event, in seconds from the drill's start."""

    at: float
    text: str


class Record(Frozen):
    """One run. `broken` is empty for a drill that passed; times are seconds from its start.

    `latencies` are confirmed writes through the endpoint: when confirmed, seconds from the first try; `failures` are
    tries there that were not; `absences` are the periods in which a place was not read fresh, `unread` the reasons.
    """

    drill: str
    title: str
    group: str
    run: int
    circumstances: Circumstances
    seconds: float
    broken: str
    marks: list[Mark]
    clients: dict[str, Client]
    account: dict[str, int]
    reads: dict[str, int]
    unread: dict[str, dict[str, int]]
    stale: int
    figures: list[Figure]
    latencies: list[tuple[float, float]]
    failures: list[float]
    absences: dict[str, list[tuple[float, float]]]

    @property
    def stem(self) -> str:
        """The name of its file."""
        return f"{self.drill}.{self.run}"

    def write(self, folder: Path) -> None:
        """Save it."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.stem}.json").write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")


def read(folder: Path) -> list[Record]:
    """Every record in the folder, by group, drill and run."""
    found = [Record.model_validate_json(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
    return sorted(found, key=lambda one: (one.group, one.drill, one.run))


def record(
    ended: Drill, *, drill: str, title: str, group: str, run: int, circumstances: Circumstances, broken: str
) -> Record:
    """The record of a finished drill, passed or failed."""
    begun, end = ended.begun, ended.end if ended.end is not None else ended.begun
    outcome = ended.outcome
    through = ended.ledger.through(ENDPOINT)
    return Record(
        drill=drill,
        title=title,
        group=group,
        run=run,
        circumstances=circumstances,
        seconds=round(end - begun, 2),
        broken=broken,
        marks=[Mark(at=round(note.at - begun, 3), text=note.text) for note in ended.notes],
        clients={place: _client(place, of) for place, of in (outcome.services if outcome else {}).items()},
        account=_account(ended),
        reads=outcome.fresh if outcome else {},
        unread={reader.place.name: _unread(reader.readings) for reader in ended.readers},
        stale=len(outcome.stale) if outcome else 0,
        figures=ended.figures,
        latencies=[(round(one.at - begun, 3), round(one.at - one.sent, 4)) for one in through.acknowledged],
        failures=[round(one.at - begun, 3) for one in through.failed],
        absences={reader.place.name: absences(reader.readings, begun, end) for reader in ended.readers},
    )


def _client(place: str, of: Service) -> Client:
    return Client(
        writes_a_second=round(1 / (PACE if place == ENDPOINT else SERVER_PACE), 1),
        acknowledged=of.acknowledged,
        longest_gap=round(of.longest_gap, 3),
        median_latency=round(of.median_latency, 4),
        slowest=round(of.slowest, 3),
        without_retry=len(of.failed_once),
        with_retry=len(of.failed_for_good),
        reasons=of.reasons,
    )


def _account(ended: Drill) -> dict[str, int]:
    if ended.outcome is None:
        return {}
    found = ended.outcome.account
    kinds = ("missing", "wrong", "replaced", "duplicates", "disordered", "unconfirmed")
    return {"acknowledged": found.acknowledged, **{kind: len(getattr(found, kind)) for kind in kinds}}


def _unread(readings: list[Reading]) -> dict[str, int]:
    """The results of reads that were not fresh, with their counts."""
    return dict(Counter(one.seen or one.verdict for one in readings if one.verdict in {"unready", "unanswered"}))


def absences(readings: list[Reading], begun: float, end: float) -> list[tuple[float, float]]:
    """Periods from a read that is not fresh to the next fresh one, in seconds from the drill's start."""
    found: list[tuple[float, float]] = []
    since: float | None = None
    for one in readings:
        if one.verdict != "fresh":
            since = one.at if since is None else since
        elif since is not None:
            found.append((round(since - begun, 3), round(one.at - begun, 3)))
            since = None
    if since is not None:
        found.append((round(since - begun, 3), round(end - begun, 3)))
    return found
