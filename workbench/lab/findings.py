"""Measurements of the live tests, for the summary at the end. Limits belong in benchmarks, not here."""

from dataclasses import dataclass, field

from workbench.lab.drill import Outcome


@dataclass
class Figures:
    """Lines of subject and finding, in the order of the tests."""

    lines: list[tuple[str, str]] = field(default_factory=list)

    def add(self, subject: str, finding: str) -> None:
        """Record one finding."""
        self.lines.append((subject, finding))

    def add_outcome(self, subject: str, outcome: Outcome, *, gap: float, more: str = "") -> None:
        """Record the outcome of a drill; `gap` in seconds."""
        served = outcome.service
        self.add(
            subject,
            f"longest gap {gap:.2f} s; {served.acknowledged} writes, {len(served.failed_once)} needed a retry,"
            f" {len(served.failed_for_good)} not confirmed in 5 s, {len(outcome.account.missing)} lost,"
            f" {len(outcome.stale)} stale of {sum(outcome.fresh.values())} reads{more and '; ' + more}",
        )
