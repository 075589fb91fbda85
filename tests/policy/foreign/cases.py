"""All foreign programs, and what the pack should say about each."""

from functools import partial

from tests.policy.foreign import ordinary, planes
from tests.policy.foreign.case import Alone, Case, Pair, Verdict

PAIRS: tuple[Pair, ...] = planes.PAIRS
CONTROL_PLANES: tuple[Alone, ...] = planes.ALONE
UNREAD: tuple[Alone, ...] = planes.UNREAD
ORDINARY: tuple[Alone, ...] = ordinary.ALONE


def _twins(pair: Pair) -> tuple[Case, Case]:
    bad, good = f"{pair.name}-bad", f"{pair.name}-good"
    return (
        Case(
            name=bad,
            program=partial(pair.program, bad=True),
            stack=pair.stack,
            verdict=Verdict.REFUSED,
            idea=pair.idea,
            expected=pair.expected,
            limit=pair.limit,
            twin=good,
        ),
        Case(
            name=good,
            program=partial(pair.program, bad=False),
            stack=pair.stack,
            verdict=Verdict.PASSED,
            idea=f"without the fault: {pair.idea}",
            twin=bad,
        ),
    )


def _alone(alone: Alone, verdict: Verdict) -> Case:
    return Case(
        name=alone.name,
        program=alone.program,
        stack=alone.stack,
        verdict=verdict,
        idea=alone.idea,
        expected=alone.expected,
    )


CASES: tuple[Case, ...] = (
    *(case for pair in PAIRS for case in _twins(pair)),
    *(_alone(alone, Verdict.PASSED) for alone in CONTROL_PLANES),
    *(_alone(alone, Verdict.ADVISED) for alone in UNREAD),
    *(_alone(alone, Verdict.SILENT) for alone in ORDINARY),
)
