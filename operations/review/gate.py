"""`python -m operations review`: prints the review of a preview, and fails if a guard blocks."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from operations import expiry
from operations.environment import OperationFailed
from operations.review import run, saved_plan
from operations.review.allowances import allowances
from operations.review.document import document
from operations.review.findings import Finding, findings
from operations.review.markdown import markdown
from operations.review.preview import read
from operations.review.report import Report, report

STANDARD_INPUT = "-"


def review(given: argparse.Namespace) -> int:
    """Print the report. Returns 1 if a guard blocks and is not overridden."""
    reasons = {**allowances(given.stack), **allowed(given.allow)}
    found = _given(given, reasons) if given.preview or given.plan else _run(given.stack, reasons)
    sys.stdout.write(markdown(found) if given.format == "markdown" else document(found))
    if found.stopped:
        guards = ", ".join(dict.fromkeys(stop.guard for stop in found.stops if not stop.allowed))
        sys.stderr.write(f'blocked by: {guards}. To override: --allow GUARD="reason"\n')
    return 1 if found.stopped else 0


def allowed(given: Sequence[str]) -> dict[str, str]:
    """Reasons by guard. Raises `OperationFailed` for an override without a reason."""
    found = {}
    for one in given:
        guard, _, reason = one.partition("=")
        if not reason.strip():
            raise OperationFailed(f'--allow {one}: an override needs a reason, as in --allow {guard}="..."')
        found[guard.strip()] = reason.strip()
    return found


def _given(given: argparse.Namespace, reasons: dict[str, str]) -> Report:
    if given.preview:
        return _report(given.preview, given.plan, None, reasons)
    state = expiry.exported(given.stack)
    return report(saved_plan.changes(_text(given.plan), state, source=given.plan), allowed=reasons)


def _run(stack: str, reasons: dict[str, str]) -> Report:
    place = run.preview(stack)
    # A preview that fails, or that the pack rejects, saves no plan.
    plan = str(place.plan) if place.plan.exists() else None
    said = findings(_text(str(place.events)), source=str(place.events)) if place.events.exists() else None
    found = _report(str(place.preview), plan, said, reasons)
    place.markdown.write_text(markdown(found), encoding="utf-8")
    place.json.write_text(document(found), encoding="utf-8")
    return found


def _report(preview: str, plan: str | None, said: tuple[Finding, ...] | None, reasons: dict[str, str]) -> Report:
    changes = read(_text(preview), source=preview)
    if plan is not None:
        saved_plan.check_same(changes, saved_plan.operations(_text(plan), source=plan), source=plan)
    return report(changes, allowed=reasons, findings=said)


def _text(name: str) -> str:
    if name == STANDARD_INPUT:
        return sys.stdin.read()
    try:
        return Path(name).read_text(encoding="utf-8")
    except OSError as error:
        raise OperationFailed(f"{name} cannot be read: {error.strerror}") from None
