"""What the review makes of previews, plans and logs that are not as usual."""

import json
from typing import get_args

import pytest

from documents import certificate_files, secret_files
from documents.file import Step
from operations.environment import OperationFailed
from operations.review import effects
from operations.review.document import document
from operations.review.effects import Impact
from operations.review.file_changes import ISSUED
from operations.review.findings import findings
from operations.review.issued import FILES
from operations.review.markdown import markdown
from operations.review.preview import read
from operations.review.report import report
from operations.review.saved_plan import changes, check_same, operations
from plan import make
from plan.loading.configuration import read as read_settings
from policies.views.certificates import LEAF
from tests.unit.review.golden import CHANGES
from tests.unit.review.previews import CLUSTER, NODE, PLANE, RULE, UNKNOWN, members, preview, review, step

PLAN = (CHANGES / "scale-3-to-5.plan.json").read_text()


def test_the_saved_plan_of_the_same_preview_is_accepted() -> None:
    found = read((CHANGES / "scale-3-to-5.json").read_text(), source="preview")
    check_same(found, operations(PLAN, source="plan"), source="plan")


def test_the_engines_own_providers_which_only_a_plan_lists_are_no_difference() -> None:
    plan = json.loads(PLAN)
    plan["resourcePlans"]["urn:pulumi:local::quorate::pulumi:providers:tls::default_5_6_2"] = {"steps": ["create"]}
    found = read((CHANGES / "scale-3-to-5.json").read_text(), source="preview")
    check_same(found, operations(json.dumps(plan), source="plan"), source="plan")


def test_a_plan_that_does_something_else_is_refused() -> None:
    found = read((CHANGES / "certificate-lifetime.json").read_text(), source="preview")
    with pytest.raises(OperationFailed, match="not the plan of the reviewed preview"):
        check_same(found, operations(PLAN, source="plan"), source="plan")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"steps": 1}', '{"steps": [{"op": "explode", "urn": "urn:x"}]}', PLAN]
)
def test_what_is_no_preview_is_refused_with_the_command_or_the_reason(text: str) -> None:
    with pytest.raises(OperationFailed, match=r"not JSON|is not a preview|does not know"):
        read(text, source="preview")


def test_a_plan_alone_is_reviewed_on_the_state_it_was_made_of() -> None:
    recorded = json.loads((CHANGES / "scale-3-to-5.json").read_text())
    existing = [step.get("oldState") or step["newState"] for step in recorded["steps"] if step["op"] != "create"]
    state = json.dumps({"deployment": {"resources": existing}})
    found = report(changes(PLAN, state, source="plan"), allowed={})
    whole = report(read(json.dumps(recorded), source="preview"), allowed={})
    assert (found.clusters, found.restarts, found.endpoints) == (whole.clusters, whole.restarts, whole.endpoints)
    assert "does not say why" in markdown(found)


def test_the_review_knows_what_every_step_of_the_agent_does() -> None:
    assert set(get_args(Step)) <= effects.BY_STEP.keys()


def test_no_steps_at_all_are_no_changes() -> None:
    assert "no changes" in markdown(review())


def test_members_that_are_not_known_are_said_to_be_unknown() -> None:
    found = review(step("update", CLUSTER, "prod", members("cp1"), {"members": UNKNOWN}))
    assert "cannot be decided before the update: who is an etcd member" in markdown(found)


def test_a_key_in_a_place_where_none_should_be_is_not_repeated() -> None:
    key = "-----BEGIN EC " + "PRIVATE KEY-----\nMHcCAQEEIExample"
    endpoint = {"name": key, "port": 6443}
    found = review(step("update", PLANE, "prod", {"endpoint": {"name": "a", "port": 1}}, {"endpoint": endpoint}))
    assert "MHcCAQEEIExample" not in markdown(found) + document(found)


def test_secret_files_are_told_by_path_and_never_by_content() -> None:
    def told(content: str) -> dict[str, object]:
        return {"name": "cp1", "secrets": {"/etc/kubernetes/pki/sa.key": {"content": content, "step": "control-plane"}}}

    found = review(step("update", NODE, "cp1", told("OLD-SECRET"), told("NEW-SECRET")))
    assert "/etc/kubernetes/pki/sa.key" in markdown(found)
    assert "SECRET" not in markdown(found) + document(found)
    assert {one.process for one in found.restarts} == {"kube-apiserver", "kube-controller-manager"}


def test_names_from_a_program_cannot_write_markdown() -> None:
    name = "x`|<img src=y>@everyone\n# hello"
    text = markdown(review(step("delete", NODE, name, {}, protect=True)))
    assert "<img" not in text
    assert "\n# hello" not in text
    assert "@everyone" not in text


def test_a_port_that_is_opened_to_the_internet_is_the_first_thing_said() -> None:
    rule = {"type": "ingress", "protocol": "tcp", "fromPort": 6443, "toPort": 6443, "cidrBlocks": ["0.0.0.0/0"]}
    text = markdown(review(step("create", RULE, "api", rule)))
    assert text.index("opened to the whole internet") < text.index("| what | change |")


def test_a_rule_that_is_only_made_anew_opens_nothing() -> None:
    rule = {"type": "ingress", "protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["10.0.0.0/8"]}
    assert review(step("replace", RULE, "ssh", rule, rule)).openings == ()


def test_a_resource_that_a_failed_update_left_behind_is_counted_once() -> None:
    left = step("delete", NODE, "cp1", {"name": "cp1"})
    found = read(preview(left, step("same", NODE, "cp1", {"name": "cp1"})), source="preview")
    assert [str(change.kind) for change in found.all] == ["same"]


def test_a_renewed_certificate_in_a_secret_of_aws_restarts_what_reads_it_at_its_start() -> None:
    secret = {"secretString": "[secret]"}
    found = review(
        step("replace", LEAF, "cp1-scheduler"),
        step("replace", LEAF, "cp1-apiserver"),
        step("replace", LEAF, "cp10-kubelet"),
        step("replace", ISSUED, "cp1", secret, secret),
    )
    assert [(one.node, one.process, one.impact) for one in found.restarts] == [
        ("cp1", "control plane", Impact.REREAD),
        ("cp1", "kube-scheduler", Impact.RESTART),
    ]


def test_the_files_of_issued_certificates_are_those_of_the_plan() -> None:
    plan = make(read_settings({"preset": "local"}))
    node = plan.nodes[0]
    steps = {
        **{file.path: file.step for file in certificate_files(plan, node)},
        **{file.path: file.step for file in secret_files(plan, node)},
    }
    paths = {leaf.name: leaf.kubeconfig or f"{leaf.path}.crt" for leaf in plan.certificates_of(node.name)}
    assert {name: (path, steps[path]) for name, path in paths.items()} == FILES


def test_findings_of_the_pack_are_told_apart_by_level() -> None:
    def event(name: str, level: str) -> str:
        message = f"what:  {name} is wrong\nwhere: cp1\nwhy:   because\n"
        return json.dumps({"policyEvent": {"policyName": name, "enforcementLevel": level, "message": message}})

    found = findings("\n".join([event("P33", "advisory"), event("P01", "mandatory"), "{}", ""]), source="log")
    assert [(one.policy, one.mandatory, one.text) for one in found] == [
        ("P01", True, "P01 is wrong; cp1"),
        ("P33", False, "P33 is wrong; cp1"),
    ]
