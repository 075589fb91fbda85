"""Interruptions for a client: the longest time between confirmations, and failed requests."""

from dataclasses import dataclass
from itertools import pairwise

from workbench.lab.ledger import Acknowledged, Failed, Ledger, Window

CURE_SECONDS = 5.0  # an ordinary client retries for this long


@dataclass(frozen=True, kw_only=True)
class Service:
    """The service that a client got in a window. Latencies and gaps in seconds.

    `failed_once`: writes whose first try failed, as a client without a retry sees them. `failed_for_good`: writes
    that were not confirmed within the retry time, as a client with retries sees them. `reasons` counts failed tries.
    """

    acknowledged: int
    longest_gap: float
    median_latency: float
    slowest: float
    failed_once: tuple[str, ...]
    failed_for_good: tuple[str, ...]
    reasons: dict[str, int]


def longest_gap(ledger: Ledger, window: Window) -> float:
    """The longest time without a confirmation that overlaps the window."""
    times = [one.at for one in ledger.acknowledged]
    marks = [max([at for at in times if at < window.begin], default=window.begin)]
    marks += [at for at in times if window.begin <= at <= window.end]
    marks.append(min([at for at in times if at > window.end], default=window.end))
    return max(later - earlier for earlier, later in pairwise(marks))


def service(ledger: Ledger, window: Window, *, cure: float = CURE_SECONDS) -> Service:
    """The service for a client's writes that started in the window."""
    confirmed = {one.name: one for one in ledger.acknowledged if _began(one.sent, window)}
    tries: dict[str, list[Failed]] = {}
    for failed in ledger.failed:
        tries.setdefault(failed.name, []).append(failed)
    begun = {name: those for name, those in tries.items() if _began(those[0].sent, window)}
    latencies = sorted(one.at - one.sent for one in confirmed.values())
    reasons: dict[str, int] = {}
    for those in begun.values():
        for failed in those:
            reasons[failed.reason] = reasons.get(failed.reason, 0) + 1
    return Service(
        acknowledged=len(confirmed),
        longest_gap=longest_gap(ledger, window),
        median_latency=latencies[len(latencies) // 2] if latencies else 0.0,
        slowest=latencies[-1] if latencies else 0.0,
        failed_once=tuple(begun),
        failed_for_good=tuple(n for n, those in begun.items() if not _cured(those[0], confirmed.get(n), cure)),
        reasons=reasons,
    )


def _began(sent: float, window: Window) -> bool:
    return window.begin <= sent <= window.end


def _cured(first: Failed, write: Acknowledged | None, cure: float) -> bool:
    # The clock starts when the client learns that it has to retry.
    return write is not None and write.at - first.at <= cure
