"""The pack with the real Pulumi CLI: exit status and what people read.

One preview takes seconds, so cases that do not get in each other's way share one: a stack with all of their mistakes.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.policy.batches import BY_ID, MANDATORY, batches
from tests.policy.program.echo import serving
from tests.policy.stacks import BAD, GOOD, Case, load
from workbench.environment import environment

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(__file__).parent / "program"
PROD = ROOT / "policies" / "environments" / "prod.json"
DEADLINE_SECONDS = 120

Environment = dict[str, str]


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """A private Pulumi home and backend; skips where there is no CLI or no language host."""
    place = tmp_path_factory.mktemp("pulumi")
    (place / "state").mkdir()
    # A project of its own: the CLI writes a file for each stack beside Pulumi.yaml.
    options = {"toolchain": "pip", "virtualenv": str(ROOT / ".venv")}
    project = {"name": "quorate", "runtime": {"name": "python", "options": options}, "main": str(PROGRAM)}
    (place / "Pulumi.yaml").write_text(json.dumps(project))
    wanted = environment(
        {
            **os.environ,
            "PROJECT": str(place),
            "PULUMI_BACKEND_URL": (place / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "test",
        }
    ) | {"PULUMI_HOME": str(place / "home")}
    for program in ("pulumi", "pulumi-language-python"):
        if shutil.which(program, path=wanted["PATH"]) is None:
            pytest.skip(f"there is no {program}; `make setup` builds it")
    status, output = pulumi(wanted, "stack", "init", "prod")
    assert status == 0, output
    with serving() as providers:
        yield {**wanted, "PULUMI_DEBUG_PROVIDERS": providers}


def pulumi(surroundings: Environment, *arguments: str, cases: list[Path] | None = None) -> tuple[int, str]:
    """Exit status, and everything that was printed."""
    done = subprocess.run(
        ["pulumi", "--non-interactive", "--color", "never", *arguments],
        cwd=surroundings["PROJECT"],
        env={**surroundings, "QUORATE_CASES": os.pathsep.join(map(str, cases or []))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    return done.returncode, done.stdout


def preview(surroundings: Environment, cases: list[Path], configuration: Path | None = None) -> tuple[int, str]:
    chosen = ["--policy-pack-config", str(configuration)] if configuration else []
    pack = ["--policy-pack", str(ROOT / "policies"), *chosen]
    return pulumi(surroundings, "preview", "--stack", "prod", *pack, cases=cases)


def told(output: str) -> Iterator[tuple[str, str, str]]:
    """Level, rule and text of every finding, without indentation."""
    pattern = re.compile(r"^ +- \[(\w+)\].*?  (P\d+)  .*\n((?: {10}.*\n)+)", re.MULTILINE)
    for level, id_, text in pattern.findall(output):
        yield level, id_, "\n".join(line.strip() for line in text.splitlines())


def test_every_mandatory_rule_fails_the_preview_and_says_what_where_why_and_how_to_fix_it(
    surroundings: Environment,
) -> None:
    seen = set()
    for group in batches():
        status, output = preview(surroundings, group)
        assert status != 0
        found = list(told(output))
        for case in map(load, group):
            texts = [text for level, id_, text in found if (level, id_) == ("mandatory", case.rule)]
            assert any(complete(case, text) for text in texts), (case.name, texts, output)
            seen.add(case.rule)
    assert seen == MANDATORY - {"P36", "P101"}


def complete(case: Case, text: str) -> bool:
    rule = BY_ID[case.rule]
    where = f"where: {case.where} (" if case.where else "where: the stack as a whole"
    return case.says in text and where in text and f"why:   {rule.why}" in text and "fix:   " in text


@pytest.mark.parametrize("name", ["hosts", "aws"])
def test_a_good_stack_passes_with_productions_configuration(surroundings: Environment, name: str) -> None:
    status, output = preview(surroundings, [GOOD / f"{name}.yaml"], PROD)
    assert status == 0, output
    assert {(level, id_) for level, id_, _ in told(output)} == {("advisory", "P03"), ("advisory", "P84")}


def test_a_single_mistake_is_enough(surroundings: Environment) -> None:
    status, output = preview(surroundings, [BAD / "P06-shared-peer-url.yaml"])
    assert status != 0
    assert "error: preview failed" in output


def test_what_can_be_corrected_is_corrected_and_passes(surroundings: Environment) -> None:
    status, output = preview(surroundings, [BAD / "P36-old-metadata.yaml", BAD / "P101-nobody-manages.yaml"])
    assert status == 0, output
    assert {id_ for _, id_, _ in told(output)} <= {"P03", "P84", "P36", "P101"}


def test_what_exists_is_judged_like_what_is_wished_for(surroundings: Environment, tmp_path: Path) -> None:
    pack, state = ("--policy-pack", str(ROOT / "policies")), tmp_path / "state.json"
    pulumi(surroundings, "stack", "init", "existing")
    for cases, passes in (([GOOD / "hosts.yaml"], True), ([BAD / "P06-shared-peer-url.yaml"], False)):
        status, output = pulumi(surroundings, "up", "--stack", "existing", "--yes", "--skip-preview", cases=cases)
        assert status == 0, output
        status, output = pulumi(surroundings, "policy", "analyze", "--stack", "existing", *pack)
        assert (status == 0) == passes, output
        pulumi(surroundings, "stack", "export", "--stack", "existing", "--file", str(state))
        status, output = pulumi(surroundings, "policy", "analyze", "--file", str(state), *pack)
        assert (status == 0) == passes, output


def test_an_exemption_opens_the_gate_until_its_day_and_not_longer(surroundings: Environment, tmp_path: Path) -> None:
    for until, opens in (("2999-12-31", True), ("2020-12-31", False)):
        exemption = {"resource": "cp1-apiserver", "reason": "the hardware client cannot renew", "until": until}
        file = tmp_path / f"{until}.json"
        file.write_text(json.dumps({"P40": {"exemptions": [exemption]}}))
        status, output = preview(surroundings, [BAD / "P40-long-leaf.yaml"], file)
        assert (status == 0) == opens, output
        assert "the hardware client cannot renew" in output


def test_a_configuration_that_does_not_fit_the_schema_is_refused(surroundings: Environment, tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    file.write_text(json.dumps({"P40": {"hours": "long"}}))
    status, output = preview(surroundings, [GOOD / "hosts.yaml"], file)
    assert status != 0
    assert "hours" in output
