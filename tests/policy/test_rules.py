"""Every rule refuses its bad stacks, says where and what, and leaves good stacks alone."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from policies.evaluation import Finding, place
from policies.rule import Level, Rule
from policies.rules import RULES
from policies.skipped import SKIPPED
from tests.policy.judging import findings
from tests.policy.stacks import bad_cases, good_stacks, load


def name(path: Path) -> str:
    return path.stem


@cache
def found_in(path: Path) -> list[Finding]:
    return findings(load(path))


@pytest.mark.parametrize("path", good_stacks(), ids=name)
def test_a_good_stack_passes_every_rule(path: Path) -> None:
    case = load(path)
    assert [(f.rule.id, f.violation.what) for f in findings(case) if f.rule.id not in case.advised] == []


@pytest.mark.parametrize("path", bad_cases(), ids=name)
def test_a_bad_stack_is_refused_by_its_rule_with_the_place_and_the_reason(path: Path) -> None:
    case = load(path)
    found = found_in(path)
    fitting = [f for f in found if f.rule.id == case.rule and case.says in f.violation.sentence]
    assert fitting, [(f.rule.id, f.violation.what) for f in found]
    assert case.where in {f.violation.urn.rsplit("::", 1)[-1] for f in fitting}
    text = fitting[0].text
    assert fitting[0].rule.why in text
    assert fitting[0].fix in text
    assert place(fitting[0].violation.urn) in text


@pytest.mark.parametrize("path", bad_cases(), ids=name)
def test_one_wrong_thing_brings_no_findings_but_its_own(path: Path) -> None:
    case = load(path)
    others = {f.rule.id for f in found_in(path)} - {case.rule, *case.advised}
    if case.also != ("*",):
        assert others == set(case.also)


def test_every_rule_has_a_bad_stack() -> None:
    assert {rule.id for rule in RULES} - {load(path).rule for path in bad_cases()} == set()


def test_every_id_from_p01_to_p100_is_a_rule_or_is_skipped_with_a_reason() -> None:
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids))
    assert {f"P{n:02}" for n in range(1, 101)} <= {*ids, *SKIPPED}
    assert not {*ids} & {*SKIPPED}
    assert all(reason for reason in SKIPPED.values())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_says_why_how_to_fix_it_and_whence_it_comes(rule: Rule) -> None:
    assert rule.why.endswith(".")
    assert rule.fix.endswith(".")
    assert rule.references
    assert not rule.title.endswith(".")


def test_topology_is_never_corrected_only_tags_and_the_metadata_service() -> None:
    assert {rule.id for rule in RULES if rule.level is Level.REMEDIATE} == {"P36", "P101"}


def test_the_hand_written_foreign_program_is_refused_for_all_four_of_its_mistakes() -> None:
    case = load(next(path for path in bad_cases() if path.stem == "foreign-program"))
    found = {(f.rule.id, f.violation.sentence) for f in findings(case)}
    assert {
        ("P01", "4 members tolerate no more failures than 3"),
        ("P23", "the listener of the API on port 443 speaks TLS with a certificate"),
        ("P45", "one authority signs for cluster (server), etcd (etcd)"),
        ("P38", "kube-apiserver: is not valid for 10.96.0.1 (first address of 10.96.0.0/12)"),
    } <= found


def test_a_recent_restore_drill_satisfies_the_advice() -> None:
    case = load(next(path for path in bad_cases() if path.stem == "P84-no-drill"))
    today = datetime.now(tz=UTC).date().isoformat()
    assert "P84" not in {f.rule.id for f in findings(case, tags={"restore-drill": today})}
    assert "P84" in {f.rule.id for f in findings(case, tags={"restore-drill": "2020-01-01"})}
