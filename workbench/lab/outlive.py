"""The ordinary drill: a fault happens, perhaps for a while, and the cluster must recover without help."""

import time

from workbench.lab.drill import Drill
from workbench.lab.fault import Fault
from workbench.lab.figure import Figure

BACK_SECONDS = 60.0  # seconds; far longer than necessary, because a test is not a benchmark


def outlive(
    running: Drill,
    fault: Fault,
    *,
    limit: float | None = None,
    theory: float | None = None,
    why: str = "",
    writes_go_on: bool = True,
) -> float:
    """Inject the fault, undo it after `fault.lasts` if needed, and wait until the cluster is healthy and used again.

    Records and returns the longest gap of a client of the endpoint, in seconds; `limit`, `theory` and `why` belong to
    that figure. `writes_go_on`: writes must continue while the fault lasts. Raises `TimedOut`.
    """
    hit = running.inject(fault)
    if fault.lasts:
        time.sleep(fault.lasts)
        if writes_go_on:
            running.wait_for_writes(seconds=BACK_SECONDS)
    since = running.mend(hit)
    running.wait_for_writes(seconds=BACK_SECONDS)
    running.site.wait_until_whole(seconds=BACK_SECONDS)
    running.note("whole")
    whole = time.monotonic() - (since if fault.lasts else hit.at)
    running.wait_for_writes(seconds=10)
    gap = running.gap(hit.at)
    running.figure(Figure(name="longest gap", value=round(gap, 3), limit=limit, theory=theory, why=why))
    running.figure(Figure(name="whole again", value=round(whole, 2)))
    return gap
