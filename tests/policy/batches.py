"""Bad stacks put together, so that one look at a stack shows many mistakes."""

from pathlib import Path

from policies.rule import Level
from policies.rules import RULES
from tests.policy.judging import findings
from tests.policy.stacks import Case, bad_cases, load, together

MANDATORY = {rule.id for rule in RULES if rule.level is not Level.ADVISORY}
BY_ID = {rule.id: rule for rule in RULES}


def batches() -> list[list[Path]]:
    """Bad stacks of mandatory rules, grouped so that in each group every mistake can still be seen."""
    cases = {p: load(p) for p in bad_cases() if load(p).rule in MANDATORY and not load(p).remedied}
    # What cannot be decided hides what could be.
    hiding = {path for path, case in cases.items() if "cannot be decided" in case.says or case.also == ("*",)}
    left = sorted(cases, key=lambda path: (path in hiding, len(cases[path].also), path))
    groups = []
    while left:
        group = compatible([path for path in left if (path in hiding) == (left[0] in hiding)])
        while (seen := visible(group, cases)) != group:
            assert seen or len(group) > 1, f"{group[0].stem} is not refused for its mistake"
            group = seen or group[:1]
        groups.append(group)
        left = [path for path in left if path not in group]
    return groups


def compatible(paths: list[Path]) -> list[Path]:
    """The first, and all that can be changed together with it."""
    group = paths[:1]
    for path in paths[1:]:
        try:
            together([*group, path])
        except AssertionError:
            continue
        group.append(path)
    return group


def visible(group: list[Path], cases: dict[Path, Case]) -> list[Path]:
    """Cases of the group whose finding is still there."""
    stack = together(group)
    found = findings(stack, rules=[BY_ID[id_] for id_ in {cases[path].rule for path in group}])
    at = [(f.rule.id, f.violation.urn.rsplit("::", 1)[-1], f.violation.sentence) for f in found]
    return [
        path
        for path, case in ((path, cases[path]) for path in group)
        if any((case.rule, case.where) == (id_, name) and case.says in what for id_, name, what in at)
    ]
