"""The foreign programs are real: each runs, and a bad one differs from its good twin in its fault alone.

What the pack says about them is tested elsewhere; these tests hold the programs themselves to their word.
"""

import base64
import gzip
import re
from pathlib import Path

import pytest

from policies.resources import Resource
from tests.policy.foreign.case import Case, Pair, Verdict
from tests.policy.foreign.cases import CASES, CONTROL_PLANES, ORDINARY, PAIRS
from tests.policy.foreign.record import registered

BY_NAME = {case.name: case for case in CASES}
USER_DATA_LIMIT = 16 * 1024  # bytes, before base64 (AWS documentation: EC2 user data)
RULES = Path(__file__).resolve().parents[3] / "docs" / "policies.md"


def resources(name: str) -> dict[str, Resource]:
    """What one program registers, by URN."""
    return {resource.urn: resource for resource in registered(BY_NAME[name])}


def text(resource: Resource) -> str:
    """Everything that a pack sees of a resource, for comparison."""
    depends = sorted((name, sorted(on)) for name, on in resource.property_depends.items())
    return repr((resource.properties.values, resource.protect, depends))


def differing(pair: Pair) -> set[str]:
    """URNs of resources that are in one twin only or not the same in both."""
    bad, good = resources(f"{pair.name}-bad"), resources(f"{pair.name}-good")
    return {urn for urn in bad | good if urn not in bad or urn not in good or text(bad[urn]) != text(good[urn])}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_program_runs_and_registers_resources(case: Case) -> None:
    registered = [resource for resource in resources(case.name).values() if resource.type != "pulumi:pulumi:Stack"]
    assert len(registered) >= 4


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_a_bad_program_differs_from_its_good_twin_in_few_resources(pair: Pair) -> None:
    assert 0 < len(differing(pair)) <= pair.changed


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_user_data_is_small_enough_for_aws(case: Case) -> None:
    for resource in resources(case.name).values():
        if not resource.type.startswith("aws:"):
            continue
        values = resource.properties.values
        plain, encoded = values.get("userData"), values.get("userDataBase64")
        if isinstance(plain, str):
            assert len(plain.encode()) <= USER_DATA_LIMIT
        if isinstance(encoded, str):
            assert len(base64.b64decode(encoded, validate=True)) <= USER_DATA_LIMIT


def test_compressed_user_data_is_gzip() -> None:
    node = next(
        r for r in resources("gzip-disk-deleted-with-instance-good").values() if "userDataBase64" in r.properties.values
    )
    packed = node.properties.values["userDataBase64"]
    assert isinstance(packed, str)
    assert gzip.decompress(base64.b64decode(packed)).startswith(b"#cloud-config\n")


def test_what_only_an_update_decides_is_unknown() -> None:
    harbour = resources("heredoc-four-members-good").values()
    node = next(r for r in harbour if r.type == "aws:ec2/instance:Instance")
    assert not node.properties.known("subnetId")
    assert node.properties.known("userData")


def test_names_are_unique() -> None:
    assert len(BY_NAME) == len(CASES)


def test_there_are_enough_programs_of_each_kind() -> None:
    assert len(PAIRS) >= 24
    assert len(CONTROL_PLANES) >= 10
    assert len(ORDINARY) >= 12


def test_every_expected_policy_exists() -> None:
    known = set(re.findall(r"^\| \[(P\d+)\]", RULES.read_text(encoding="utf-8"), flags=re.MULTILINE))
    for case in CASES:
        assert case.expected <= known
        assert bool(case.expected) == (case.verdict in (Verdict.REFUSED, Verdict.ADVISED))
