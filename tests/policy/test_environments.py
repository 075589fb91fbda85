"""The configuration of each environment, and the files that are made of the rules."""

import json
from pathlib import Path

import pytest

from policies.configuration import Configuration, read
from policies.evaluation import Finding
from policies.rule import Level
from policies.rules import RULES
from policies.table import configuration_schema, files
from tests.policy.batches import batches
from tests.policy.judging import findings
from tests.policy.stacks import GOOD, bad_cases, load, together

ENVIRONMENTS = Path(__file__).resolve().parents[2] / "policies" / "environments"
STRENGTH = [Level.DISABLED, Level.ADVISORY, Level.REMEDIATE, Level.MANDATORY]


def configuration(name: str) -> Configuration:
    return read(RULES, json.loads((ENVIRONMENTS / f"{name}.json").read_text()))


@pytest.mark.parametrize("name", ["local", "dev", "prod"])
def test_each_environment_has_a_configuration_that_the_rules_understand(name: str) -> None:
    assert configuration(name)


def test_production_is_nowhere_weaker_than_development_and_somewhere_stronger() -> None:
    dev, prod = configuration("dev"), configuration("prod")

    def strength(said: Configuration, id_: str, default: Level) -> int:
        return STRENGTH.index((said[id_].level if id_ in said else None) or default)

    compared = [(strength(prod, r.id, r.level), strength(dev, r.id, r.level)) for r in RULES]
    assert all(there >= here for there, here in compared)
    assert any(there > here for there, here in compared)


def test_every_mistake_that_development_refuses_production_refuses_too() -> None:
    dev, prod = configuration("dev"), configuration("prod")
    for group in batches():
        stack = together(group)
        assert refused(findings(stack, dev)) <= refused(findings(stack, prod)), stack.name


def refused(found: list[Finding]) -> set[str]:
    return {f.rule.id for f in found if f.level is Level.MANDATORY}


def test_production_refuses_advice_that_is_not_followed() -> None:
    advice = [p for p in bad_cases() if load(p).rule in {"P08", "P34", "P50", "P51", "P74", "P77", "P82", "P102"}]
    assert len(advice) == 8
    for path in advice:
        assert load(path).rule in refused(findings(load(path), configuration("prod"))), path.name


def test_a_day_between_backups_is_too_long_for_production_only() -> None:
    case = load(GOOD / "daily-backup.yaml")
    assert "P78" not in refused(findings(case))
    assert "P78" in refused(findings(case, configuration("prod")))


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_what_is_made_of_the_rules_is_up_to_date(path: Path) -> None:
    assert path.read_text() == files()[path], "run `python -m policies.table`"


def test_the_schema_knows_every_rule_with_its_settings_and_forbids_the_rest() -> None:
    schema = configuration_schema()
    entries = schema["properties"]
    assert isinstance(entries, dict)
    assert set(entries) == {"all", *(rule.id for rule in RULES)}
    assert schema["additionalProperties"] is False
