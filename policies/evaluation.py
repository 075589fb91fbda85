"""Runs rules over a stack. Any failure in here closes the gate."""

import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from policies.configuration import Configuration, Exemption, RuleSettings
from policies.parsers.yaml_values import encodable
from policies.pieces import pieces
from policies.properties import Undecidable
from policies.rule import Level, Rule
from policies.stack import Stack
from policies.violation import Violation

UNDECIDABLE = "cannot be decided before the update"
LISTED = 4  # subjects that one finding names; the others are counted
LONGEST = 2000  # characters of one line of a message, because a value in a document may have any length
_STRICTEST = (Level.MANDATORY, Level.ADVISORY)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A violation with the level at which it counts. `remark` says why the level differs from the rule's default."""

    rule: Rule
    level: Level
    violation: Violation
    fix: str
    remark: str = ""

    @property
    def text(self) -> str:
        """The message: what was found, where, why it matters, and the fix, in a few short lines."""
        violation = self.violation
        where = ", ".join(part for part in (place(violation.urn), violation.document) if part)
        lines = [
            f"found: {violation.sentence}",
            f"where: {where}",
            *([f"       {violation.urn}"] if violation.urn else []),
            *([f"scope: {violation.because}"] if violation.because else []),
            f"why:   {self.rule.why}",
            f"fix:   {self.fix}",
            f"page:  {self.rule.page}",
            *([f"note:  {self.remark}"] if self.remark else []),
        ]
        return encodable("\n".join(line if len(line) <= LONGEST else f"{line[:LONGEST]}..." for line in lines))


def place(urn: str) -> str:
    """The resource's name in messages."""
    if not urn:
        return "the stack as a whole"
    parts = urn.split("::")
    kind = parts[2].rsplit("$", 1)[-1] if len(parts) > 2 else ""  # noqa: PLR2004 -- urn:pulumi:stack::project::type::name
    return f"{parts[-1]} ({kind})" if kind else urn


def judge(stack: Stack, rules: Iterable[Rule], configuration: Configuration, today: date) -> Iterator[Finding]:
    """Every finding, in the order of the rules.

    A value that cannot be decided is reported once for each resource that has it.
    """
    parts = _pieces(stack)
    undecided: dict[tuple[str, str], Finding] = {}
    blocked: dict[tuple[str, str], list[str]] = {}
    for rule in rules:
        chosen = configuration.get(rule.id, RuleSettings())
        level = chosen.level or rule.level
        if level is Level.DISABLED:
            continue
        # A finding that remains after a remediation was not corrected.
        level = Level.MANDATORY if level is Level.REMEDIATE else level
        found: list[Finding] = []
        for part in parts:
            try:
                found += _decided(part, rule, chosen, level, today)
            except Undecidable as missing:
                key = (missing.urn, missing.path)
                fresh = _weighed(_undecided(rule, level, missing), chosen.exemptions, today)
                blocked.setdefault(key, []).append(rule.id)
                known = undecided.get(key)
                if known is None or _STRICTEST.index(fresh.level) < _STRICTEST.index(known.level):
                    undecided[key] = fresh
        yield from _merged(found)
    for key, finding in undecided.items():
        others = ", ".join(id_ for id_ in dict.fromkeys(blocked[key]) if id_ != finding.rule.id)
        yield replace(finding, remark=f"also undecided: {others}") if others and not finding.remark else finding


def _pieces(stack: Stack) -> tuple[Stack, ...]:
    try:
        return pieces(stack)
    except Exception:  # noqa: BLE001 -- the rules meet the same problem and report it
        return (stack,)


def _decided(stack: Stack, rule: Rule, chosen: RuleSettings, level: Level, today: date) -> list[Finding]:
    found: list[Finding] = []
    try:
        for violation in rule.violations(stack, chosen.thresholds):
            finding = Finding(rule=rule, level=level, violation=violation, fix=rule.fix)
            found.append(_weighed(finding, chosen.exemptions, today))
    except Undecidable:
        if found:
            return found  # an earlier finding already closes the gate
        raise
    except Exception as error:  # noqa: BLE001 -- a rule that fails must not pass anything
        last = traceback.extract_tb(error.__traceback__)[-1]
        # The error's own text may repeat a value, and a value may be a secret.
        what = f"the rule itself failed: {type(error).__name__} in {last.name}, line {last.lineno} of {last.filename}"
        fix = "Report this as a defect of the pack; until then the gate stays closed, or disable the rule by its id."
        found.append(Finding(rule=rule, level=Level.MANDATORY, violation=Violation(what=what), fix=fix))
    return found


def _undecided(rule: Rule, level: Level, missing: Undecidable) -> Finding:
    violation = Violation(what=f"{UNDECIDABLE}: {missing.path}: {missing.reason}", urn=missing.urn)
    fix = f"Give it a value that the program itself knows before the update. Then: {rule.fix}"
    return Finding(rule=rule, level=level, violation=violation, fix=fix)


def _merged(findings: list[Finding]) -> Iterator[Finding]:
    """One finding for each fault: machines with the same fault are named together."""
    alike: dict[tuple[str, Level, str], list[Finding]] = {}
    for finding in findings:
        key = (finding.violation.what, finding.level, finding.remark)
        alike.setdefault(key, []).append(finding)
    for same in alike.values():
        first = same[0]
        yield replace(first, violation=replace(first.violation, subject=_subject(same)))


def _subject(same: list[Finding]) -> str:
    """The machines or resources with one fault; names of resources if their subjects are ambiguous."""
    subjects = list(dict.fromkeys(finding.violation.subject for finding in same))
    if len(subjects) > 1:
        return _listed(subjects)
    names = list(dict.fromkeys(finding.violation.urn.rsplit("::", 1)[-1] for finding in same))
    if len(names) == 1:
        return subjects[0]
    return f"{subjects[0]} ({_listed(names)})" if subjects[0] else _listed(names)


def _listed(subjects: list[str]) -> str:
    if len(subjects) > LISTED:
        return f"{', '.join(subjects[:LISTED])} and {len(subjects) - LISTED} more"
    return ", ".join(subjects)


def _weighed(finding: Finding, exemptions: tuple[Exemption, ...], today: date) -> Finding:
    covering = [exemption for exemption in exemptions if exemption.covers(finding.violation.urn)]
    if not covering:
        return finding
    latest = max(covering, key=lambda exemption: exemption.until)
    if latest.until >= today:
        return replace(finding, level=Level.ADVISORY, remark=f"exempt until {latest.until}: {latest.reason}")
    return replace(finding, remark=f"the exemption ended on {latest.until}; its reason was: {latest.reason}")
