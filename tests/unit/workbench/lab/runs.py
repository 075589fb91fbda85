"""A record of a run, made up."""

from workbench.lab.figure import Figure
from workbench.lab.record import Circumstances, Client, Mark, Record

CLIENT = Client(
    writes_a_second=20,
    acknowledged=100,
    longest_gap=0.5,
    median_latency=0.01,
    slowest=0.6,
    without_retry=2,
    with_retry=0,
    reasons={"answer: timed out": 2},
)
ACCOUNT = {"acknowledged": 100, "missing": 0, "wrong": 0, "replaced": 0, "duplicates": 0, "disordered": 0}


def made(run: int = 1, *, gap: float = 0.5, drill: str = "haproxy-killed", **changes: object) -> Record:
    """One run of a drill that held, with its gap; other fields by name."""
    fields: dict[str, object] = {
        "drill": drill,
        "title": "HAProxy killed <on purpose>",
        "group": "Programs",
        "run": run,
        "circumstances": Circumstances(
            commit="abc", made=f"2026-01-01T00:00:0{run}+00:00", load=0.5 * run, processors=2
        ),
        "seconds": 10.0,
        "broken": "",
        "marks": [Mark(at=2.0, text="kill-program haproxy: cp1"), Mark(at=3.0, text="whole")],
        "clients": {"endpoint": CLIENT.model_copy(update={"longest_gap": gap})},
        "account": ACCOUNT,
        "reads": {"endpoint": 90, "cp1": 80},
        "unread": {"cp1": {"connect: timed out": 3}},
        "stale": 0,
        "figures": [Figure(name="longest gap", value=gap, limit=0.6, theory=0.2, why="RestartSec")],
        "latencies": [(number / 10, 0.01) for number in range(100) if not 20 <= number < 25],
        "failures": [2.1, 2.2],
        "absences": {"cp1": [(2.0, 2.6)], "endpoint": []},
    }
    return Record.model_validate({**fields, **changes})
