"""What closes the gate, what opens it for a while, and what never does."""

from collections.abc import Iterator
from datetime import date

import pytest

from policies.configuration import Misconfigured, read
from policies.evaluation import Finding
from policies.properties import UNKNOWN, Properties, Undecidable
from policies.rule import Level, Rule, Severity, rule
from policies.rules import RULES
from policies.stack import Stack
from policies.violation import Violation
from tests.policy.judging import TODAY, findings
from tests.policy.stacks import BAD, load

FOUR = BAD / "P01-four-members.yaml"
EXEMPTION = {"resource": "et*", "reason": "the fourth member leaves on Monday", "until": "2026-11-30"}


def parity(exemptions: list[object], *, today: date = TODAY) -> Finding:
    configuration = read(RULES, {"P01": {"exemptions": exemptions}})  # type: ignore[dict-item]
    return next(f for f in findings(load(FOUR), configuration, today=today) if f.rule.id == "P01")


def test_a_finding_without_exemption_is_mandatory() -> None:
    assert parity([]).level is Level.MANDATORY


def test_an_exemption_makes_a_finding_advisory_and_shows_its_reason() -> None:
    finding = parity([EXEMPTION])
    assert finding.level is Level.ADVISORY
    assert "exempt until 2026-11-30: the fourth member leaves on Monday" in finding.text


def test_an_exemption_holds_on_its_last_day_and_not_one_day_longer() -> None:
    assert parity([EXEMPTION], today=date(2026, 11, 30)).level is Level.ADVISORY
    expired = parity([EXEMPTION], today=date(2026, 12, 1))
    assert expired.level is Level.MANDATORY
    assert "the exemption ended on 2026-11-30" in expired.text


def test_an_exemption_of_another_resource_changes_nothing() -> None:
    assert parity([{**EXEMPTION, "resource": "other"}]).level is Level.MANDATORY


@pytest.mark.parametrize("missing", ["resource", "reason", "until"])
def test_an_exemption_needs_resource_reason_and_day(missing: str) -> None:
    incomplete = {name: value for name, value in EXEMPTION.items() if name != missing}
    with pytest.raises(Misconfigured, match="each exemption needs exactly"):
        parity([incomplete])


def test_a_day_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Misconfigured, match="until must be a day"):
        parity([{**EXEMPTION, "until": "2026-11-31"}])


def test_levels_and_thresholds_come_from_the_configuration() -> None:
    case = load(BAD / "P40-long-leaf.yaml")
    assert "P40" not in {f.rule.id for f in findings(case, read(RULES, {"P40": {"hours": 240000}}))}
    assert "P40" not in {f.rule.id for f in findings(case, read(RULES, {"P40": "disabled"}))}
    advisory = next(f for f in findings(case, read(RULES, {"all": "advisory"})) if f.rule.id == "P40")
    assert advisory.level is Level.ADVISORY


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"P999": "advisory"}, "there is no rule P999"),
        ({"P40": "harsh"}, "the level must be one of"),
        ({"P40": {"days": 3}}, "days is not a setting of this rule; it has hours, exemptions"),
        ({"P40": {"hours": "long"}}, "hours must be like 8760"),
        ({"P02": {"single": "dev"}}, "single must be like"),
        ({"P40": {"exemptions": "none"}}, "exemptions must be a list"),
    ],
)
def test_a_configuration_that_no_rule_understands_is_refused(document: dict[str, object], message: str) -> None:
    with pytest.raises(Misconfigured, match=message):
        read(RULES, document)  # type: ignore[arg-type]


@rule(id="P900", title="A broken rule", fix="Nothing.", evidence="a stack", severity=Severity.LOW, level=Level.ADVISORY)
def broken(stack: Stack) -> Iterator[Violation]:
    """It divides by nothing."""
    yield Violation(what="before")
    raise ZeroDivisionError(f"a secret of {len(stack.resources)} resources")


def test_a_rule_that_raises_fails_the_gate_even_when_it_is_advisory_and_quotes_no_value() -> None:
    before, failed = findings(load(FOUR), rules=[broken])
    assert (before.level, failed.level) == (Level.ADVISORY, Level.MANDATORY)
    assert "the rule itself failed: ZeroDivisionError in broken" in failed.text
    assert "a secret of" not in failed.text


def test_an_unknown_that_a_rule_needs_is_a_finding_at_the_rules_own_level() -> None:
    case = load(BAD / "P38-unknown-name.yaml")
    finding = next(f for f in findings(case) if f.rule.id == "P38")
    assert finding.level is Level.MANDATORY
    assert finding.violation.urn.endswith("CertRequest::cp1-apiserver")


def test_a_document_that_cannot_be_read_is_told_once_in_full_and_then_by_reference() -> None:
    told = [f for f in findings(load(BAD / "unreadable-document.yaml")) if "cannot be decided" in f.violation.what]
    alone = [f for f in told if f.rule.scope.value == "resource"]
    assert ["why:" in f.text for f in alone] == [True] + [False] * (len(alone) - 1)
    assert all(f.rule.level is f.level for f in told)


def test_no_finding_quotes_a_key_or_a_password() -> None:
    for name in ("P49-clear-key", "P37-key-in-user-data", "P55-short-key", "P29-password"):
        texts = "\n".join(f.text for f in findings(load(BAD / f"{name}.yaml")))
        assert texts
        assert not any(secret in texts for secret in ("BEGIN PRIVATE", "BEGIN EC", "MDEyMzQ1Njc4OWFiY2RlZg", "1111"))


def test_reading_an_unknown_says_which_property_it_was() -> None:
    properties = Properties(values={"tags": {"Name": UNKNOWN}}, urn="u")
    with pytest.raises(Undecidable) as caught:
        properties.part("tags").text("Name")
    assert caught.value.path == "tags.Name"


def test_a_rule_is_data_that_the_documentation_can_show() -> None:
    assert isinstance(broken, Rule)
    assert broken.why == "It divides by nothing."
    assert broken.page == "docs/policies.md#p900"
