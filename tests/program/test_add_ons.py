"""The frame of the add-ons: who makes their objects, when, and with which certificate."""

import subprocess
import sys

import pytest
import yaml

from tests.program.test_local import LOCAL, program
from workbench.mocks.answers import Answers
from workbench.mocks.recorder import Recorded, Run, run_program
from workbench.places import ROOT

PROVIDER = "pulumi:providers:kubernetes"
LEAF = "tls:index/locallySignedCert:LocallySignedCert"
OFF = {**LOCAL, "addons": {"enabled": False}}


def provider(run: Run) -> Recorded:
    (found,) = run.of(PROVIDER)
    return found


def test_objects_are_made_after_the_whole_cluster_answers_through_its_endpoint() -> None:
    run = program()
    assert run.one("quorate:hosts:Cluster", "local").urn in provider(run).dependencies


def test_the_kubeconfig_dials_the_address_verifies_the_name_and_is_secret() -> None:
    inputs = provider(program()).inputs
    assert provider(program()).secrets == ("kubeconfig",)
    (cluster,) = (entry["cluster"] for entry in yaml.safe_load(str(inputs["kubeconfig"]))["clusters"])
    assert (cluster["server"], cluster["tls-server-name"]) == ("https://10.88.0.10:8443", "api.local.quorate.internal")


def test_a_renewed_certificate_or_a_moved_address_does_not_change_what_the_provider_is() -> None:
    moved = {"endpoint": {"virtualIp": {"address": "10.88.0.20"}}, "certificates": {"leafHours": 4380}}
    before, after = provider(program()), provider(run_program(Answers(), config={**LOCAL, **moved}))
    assert before.inputs["kubeconfig"] != after.inputs["kubeconfig"]
    assert before.inputs["clusterIdentifier"] == after.inputs["clusterIdentifier"] == "api.local.quorate.internal"


def test_the_certificate_of_the_add_ons_reaches_no_node() -> None:
    run = program()
    pem = run.one(LEAF, "add-ons").state["certPem"]
    nodes = run.of("quorate:hosts:Node")
    assert len(nodes) == 3
    assert isinstance(pem, str)
    assert all(pem.splitlines()[1] not in str(node.inputs) for node in nodes)


@pytest.mark.parametrize("preview", [True, False])
def test_without_add_ons_there_is_neither_provider_nor_certificate(*, preview: bool) -> None:
    run = run_program(Answers(preview=preview), config=OFF, preview=preview)
    assert not run.of(PROVIDER)
    assert not [r for r in run.resources if r.name == "add-ons"]


def test_without_add_ons_the_sdk_of_kubernetes_is_not_even_loaded() -> None:
    code = (
        "import sys; from workbench.mocks.answers import Answers; from workbench.mocks.recorder import run_program;"
        f"run_program(Answers(preview=True), config={OFF!r}, preview=True);"
        "sys.exit('pulumi_kubernetes' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_provider_adopts_no_existing_objects_because_replacements_then_fail_in_the_official_preview() -> None:
    assert "upsertExistingObjects" not in provider(program()).inputs
