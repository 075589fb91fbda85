"""Runs rules over a stack. Whatever goes wrong in here closes the gate; nothing opens it."""

import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from policies.configuration import Configuration, Exemption, RuleSettings
from policies.properties import Undecidable
from policies.rule import Level, Rule
from policies.stack import Stack
from policies.violation import Violation


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A violation with the level at which it counts. `remark` says why the level is not the rule's own."""

    rule: Rule
    level: Level
    violation: Violation
    fix: str
    remark: str = ""
    brief: bool = False  # another finding says why and how

    @property
    def text(self) -> str:
        """What, where, why and how to fix it, in five short lines."""
        if self.brief:
            return f"what:  {self.violation.what}\nwhere: {place(self.violation.urn)}"
        lines = [
            f"what:  {self.violation.what}",
            f"where: {place(self.violation.urn)}",
            f"why:   {self.rule.why}",
            f"fix:   {self.fix}",
            f"see:   {self.rule.page}",
        ]
        return "\n".join([*lines, *([f"note:  {self.remark}"] if self.remark else [])])


def place(urn: str) -> str:
    """A resource as people call it."""
    if not urn:
        return "the stack as a whole"
    parts = urn.split("::")
    kind = parts[2].rsplit("$", 1)[-1] if len(parts) > 2 else ""  # noqa: PLR2004 -- urn:pulumi:stack::project::type::name
    return f"{parts[-1]} ({kind})" if kind else urn


def judge(stack: Stack, rules: Iterable[Rule], configuration: Configuration, today: date) -> Iterator[Finding]:
    """Every finding, in the order of the rules."""
    undecided: dict[tuple[str, str], str] = {}
    for rule in rules:
        said = configuration.get(rule.id, RuleSettings())
        level = said.level or rule.level
        if level is Level.DISABLED:
            continue
        # What is left to report after a remediation was not remedied.
        level = Level.MANDATORY if level is Level.REMEDIATE else level
        for finding in _findings(stack, rule, said, level, undecided):
            yield _weighed(finding, said.exemptions, today)


def _findings(
    stack: Stack, rule: Rule, said: RuleSettings, level: Level, undecided: dict[tuple[str, str], str]
) -> Iterator[Finding]:
    try:
        for violation in rule.violations(stack, said.thresholds):
            yield Finding(rule=rule, level=level, violation=violation, fix=rule.fix)
    except Undecidable as missing:
        first = undecided.setdefault((missing.urn, missing.path), rule.id)
        why = missing.reason if first == rule.id else f"see {first}"
        what = f"cannot be decided before the update: {missing.path}: {why}"
        fix = f"Give it a value that the program itself knows before the update. Then: {rule.fix}"
        violation = Violation(what=what, urn=missing.urn)
        yield Finding(rule=rule, level=level, violation=violation, fix=fix, brief=first != rule.id)
    except Exception as error:  # noqa: BLE001 -- a rule that fails must not pass anything
        last = traceback.extract_tb(error.__traceback__)[-1]
        # The error's own text may repeat a value, and a value may be a secret.
        what = f"the rule itself failed: {type(error).__name__} in {last.name}, line {last.lineno} of {last.filename}"
        fix = "Report this as a defect of the pack; until then the gate stays closed, or disable the rule by its id."
        yield Finding(rule=rule, level=Level.MANDATORY, violation=Violation(what=what), fix=fix)


def _weighed(finding: Finding, exemptions: tuple[Exemption, ...], today: date) -> Finding:
    covering = [exemption for exemption in exemptions if exemption.covers(finding.violation.urn)]
    if not covering:
        return finding
    latest = max(covering, key=lambda exemption: exemption.until)
    if latest.until >= today:
        return replace(finding, level=Level.ADVISORY, remark=f"exempt until {latest.until}: {latest.reason}")
    return replace(finding, remark=f"the exemption ended on {latest.until}; its reason was: {latest.reason}")
