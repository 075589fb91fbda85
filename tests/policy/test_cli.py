"""The pack with the real Pulumi CLI: exit status and what people read.

One preview takes seconds, so cases that do not get in each other's way share one: a stack with all of their mistakes.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.policy.batches import BY_ID, MANDATORY, batches
from tests.policy.previews import PACK, Done, NoCommand, Project, project
from tests.policy.stacks import BAD, GOOD, Case, load

PROGRAM = Path(__file__).parent / "program"
PROD = PACK / "environments" / "prod.json"


@pytest.fixture(scope="module")
def quorate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project with the stack `prod`; skips if there is no CLI or no language host."""
    try:
        with project(tmp_path_factory.mktemp("pulumi"), name="quorate", program=PROGRAM) as made:
            created = made.pulumi("stack", "init", "prod")
            assert created.status == 0, created.output
            yield made
    except NoCommand as error:
        pytest.skip(str(error))


def these(cases: list[Path]) -> str:
    """The program's variable for these cases."""
    return os.pathsep.join(map(str, cases))


def preview(quorate: Project, cases: list[Path], configuration: Path | None = None) -> Done:
    return quorate.preview("prod", configuration=configuration, QUORATE_CASES=these(cases))


def test_every_mandatory_rule_fails_the_preview_and_says_what_where_why_and_how_to_fix_it(quorate: Project) -> None:
    seen = set()
    for group in batches():
        done = preview(quorate, group)
        assert done.status != 0
        for case in map(load, group):
            texts = [found.text for found in done.findings if (found.level, found.rule) == ("mandatory", case.rule)]
            assert any(complete(case, text) for text in texts), (case.name, texts, done.output)
            seen.add(case.rule)
    assert seen == MANDATORY - {"P36", "P101"}


def complete(case: Case, text: str) -> bool:
    rule = BY_ID[case.rule]
    where = f"where: {case.where} (" if case.where else "where: the stack as a whole"
    return case.says in text and where in text and f"why:   {rule.why}" in text and "fix:   " in text


@pytest.mark.parametrize("name", ["hosts", "aws"])
def test_a_good_stack_passes_with_productions_configuration(quorate: Project, name: str) -> None:
    done = preview(quorate, [GOOD / f"{name}.yaml"], PROD)
    assert done.status == 0, done.output
    assert {(found.level, found.rule) for found in done.findings} == {("advisory", "P03"), ("advisory", "P84")}


def test_a_single_mistake_is_enough(quorate: Project) -> None:
    done = preview(quorate, [BAD / "P06-shared-peer-url.yaml"])
    assert done.status != 0
    assert "error: preview failed" in done.output


def test_what_can_be_corrected_is_corrected_and_passes(quorate: Project) -> None:
    done = preview(quorate, [BAD / "P36-old-metadata.yaml", BAD / "P101-nobody-manages.yaml"])
    assert done.status == 0, done.output
    assert {found.rule for found in done.findings} <= {"P03", "P84", "P36", "P101"}


def test_what_exists_is_judged_like_what_is_wished_for(quorate: Project, tmp_path: Path) -> None:
    pack, state = ("--policy-pack", str(PACK)), tmp_path / "state.json"
    quorate.pulumi("stack", "init", "existing")
    for cases, passes in (([GOOD / "hosts.yaml"], True), ([BAD / "P06-shared-peer-url.yaml"], False)):
        done = quorate.pulumi("up", "--stack", "existing", "--yes", "--skip-preview", QUORATE_CASES=these(cases))
        assert done.status == 0, done.output
        done = quorate.pulumi("policy", "analyze", "--stack", "existing", *pack)
        assert (done.status == 0) == passes, done.output
        quorate.pulumi("stack", "export", "--stack", "existing", "--file", str(state))
        done = quorate.pulumi("policy", "analyze", "--file", str(state), *pack)
        assert (done.status == 0) == passes, done.output


def test_an_exemption_opens_the_gate_until_its_day_and_not_longer(quorate: Project, tmp_path: Path) -> None:
    for until, opens in (("2999-12-31", True), ("2020-12-31", False)):
        exemption = {"resource": "cp1-apiserver", "reason": "the hardware client cannot renew", "until": until}
        file = tmp_path / f"{until}.json"
        file.write_text(json.dumps({"P40": {"exemptions": [exemption]}}))
        done = preview(quorate, [BAD / "P40-long-leaf.yaml"], file)
        assert (done.status == 0) == opens, done.output
        assert "the hardware client cannot renew" in done.output


def test_a_configuration_that_does_not_fit_the_schema_is_refused(quorate: Project, tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    file.write_text(json.dumps({"P40": {"hours": "long"}}))
    done = preview(quorate, [GOOD / "hosts.yaml"], file)
    assert done.status != 0
    assert "hours" in done.output
