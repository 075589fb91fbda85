"""What a change does to an AWS environment: as little as it can."""

import pytest

from plan.loading.presets import merged
from workbench.mocks.aws import DEV, Cloud, environment
from workbench.mocks.recorder import Recorded, Run, run_program

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

INSTANCE = "aws:ec2/instance:Instance"
SECRET = "aws:secretsmanager/secretVersion:SecretVersion"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"


def test_a_new_certificate_lifetime_touches_secrets_only() -> None:
    before = environment("dev")
    after = run_program(Cloud(), config=merged(DEV, {"certificates": {"leafHours": 4380}}))
    assert {r.type for r in changed(before, after) if r.type.startswith("aws:")} == {SECRET}


def test_a_changed_setting_of_kubernetes_replaces_no_instance() -> None:
    before = environment("dev")
    after = run_program(Cloud(), config=merged(DEV, {"controlPlane": {"audit": {"maxAgeDays": 60}}}))
    touched = {r.type for r in changed(before, after) if r.type.startswith("aws:")}
    assert touched == {SECRET, OBJECT}


def test_a_newer_image_never_replaces_a_running_node_unless_it_is_named() -> None:
    assert all("ami" in i.ignore_changes for i in environment("dev").of(INSTANCE))
    named = environment("existing-vpc").of(INSTANCE)
    assert all("ami" not in i.ignore_changes for i in named)


def test_the_second_update_leaves_the_check_of_source_and_destination_as_the_interface_has_it() -> None:
    assert all("sourceDestCheck" in i.ignore_changes for i in environment("dev").of(INSTANCE))


@pytest.mark.acceptance("T07")
def test_growing_from_three_to_five_only_adds() -> None:
    before = {r.urn: r for r in environment("dev").resources}
    after = {r.urn: r for r in run_program(Cloud(), config=merged(DEV, {"members": 5})).resources}
    assert before.keys() <= after.keys()
    kept = ("aws:ec2/", "aws:ebs/", "aws:lb/", "aws:iam/", "aws:vpc/", "aws:route53/")
    for urn, resource in before.items():
        if resource.type.startswith(kept):
            assert resource.inputs == after[urn].inputs, urn
    added = {r.name for urn, r in after.items() if urn not in before and r.type == INSTANCE}
    assert added == {"cp4", "cp5"}


def changed(before: Run, after: Run) -> list[Recorded]:
    """Resources whose inputs differ. Keys are new in every run, so what follows from keys counts as changed."""
    old = {r.urn: r.inputs for r in before.resources}
    assert old.keys() == {r.urn for r in after.resources}
    return [r for r in after.resources if old[r.urn] != r.inputs]
