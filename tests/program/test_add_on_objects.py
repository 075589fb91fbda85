"""The objects of the add-ons as the engine is told them."""

import pytest

from plan.loading.presets import merged
from provider.protocol.values import UNKNOWN
from tests.program.add_ons import ENVIRONMENTS, FOLDER, environment, objects, rendered
from workbench.mocks.answers import Answers
from workbench.mocks.recorder import Recorded, run_program

# pytest looks at every name of a module, and the AWS SDK makes its deprecated ones when they are looked at.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
REMAKE = "read the difference; if it is meant, run `python -m tests.program.add_ons`"


def of(name: str, kind: str) -> list[Recorded]:
    return [found for found in objects(environment(name)) if found.type.endswith(f":{kind}")]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_objects_of_each_preset_are_as_the_golden_list_says(name: str) -> None:
    assert rendered(name) == (FOLDER / f"{name}.txt").read_text(), REMAKE


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_every_object_is_known_in_the_first_preview_but_for_what_is_issued(name: str) -> None:
    unknown = {found.name for found in objects(environment(name)) if UNKNOWN in str(found.inputs)}
    assert unknown == {"kube-system/metrics-server-serving", "v1beta1.metrics.k8s.io"}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_pods_wait_for_their_account_their_rights_and_their_configuration(name: str) -> None:
    by_name = {found.urn: found for found in objects(environment(name))}
    for workload in (*of(name, "Deployment"), *of(name, "DaemonSet")):
        kinds = {by_name[urn].type.rsplit(":", 1)[-1] for urn in workload.dependencies if urn in by_name}
        assert {"ServiceAccount", "ClusterRoleBinding"} <= kinds, workload.name
    configured = {workload.name for workload in of(name, "ConfigMap")} & {w.name for w in of(name, "Deployment")}
    assert "kube-system/coredns" in configured
    for workload in (w for w in of(name, "Deployment") if w.name in configured):
        assert {c.urn for c in of(name, "ConfigMap") if c.name == workload.name} <= set(workload.dependencies)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_pods_never_wait_for_their_service_which_the_provider_makes_wait_for_them(name: str) -> None:
    services = {(found.parent, found.urn) for found in of(name, "Service")}
    assert services
    waits = {(w.parent, urn) for w in of(name, "Deployment") for urn in w.dependencies}
    assert not services & waits


def test_what_is_in_a_namespace_waits_for_it() -> None:
    spaces = {found.name: found.urn for found in of("prod", "Namespace")}
    assert set(spaces) == {"shop", "tools", "external-dns"}
    for found in objects(environment("prod")):
        space, _, rest = found.name.partition("/")
        if rest and space in spaces:
            assert spaces[space] in found.dependencies, found.name


def test_the_key_of_the_metrics_servers_certificate_travels_as_a_secret() -> None:
    (secret,) = of("local", "Secret")
    assert secret.secrets == ("stringData",)


def test_the_api_server_is_told_of_metrics_when_something_answers() -> None:
    (api,) = of("local", "APIService")
    assert {found.urn for found in of("local", "Deployment") if "metrics" in found.name} <= set(api.dependencies)


def test_switched_off_nothing_of_an_add_on_is_made() -> None:
    off = {"addons": {"coreDns": {"enabled": False}, "metricsServer": {"enabled": False}, "access": {"enabled": False}}}
    run = run_program(Answers(preview=True), config=merged(ENVIRONMENTS["local"], off), preview=True)
    assert not [found.name for found in objects(run) if "coredns" in found.name or "metrics" in found.name]
