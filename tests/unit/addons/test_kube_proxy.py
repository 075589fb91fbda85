"""What kube-proxy is told, read by kube-proxy itself."""

import subprocess
from pathlib import Path

import pytest
import yaml

from documents.addons import kube_proxy
from documents.yaml_text import yaml_text
from plan import Plan
from tests.unit.documents.programs import needed
from tests.unit.documents.topologies import IPV6, WHOLE_MACHINES, local

PLANS = {"local": local(), "whole machines": local(WHOLE_MACHINES), "IPv6": local(WHOLE_MACHINES, IPV6)}


@pytest.fixture(params=list(PLANS.values()), ids=list(PLANS))
def read_back(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Plan, dict[str, object]]:
    """A plan, and kube-proxy's own complete form of its configuration, which it writes only if it has no objection."""
    plan: Plan = request.param
    given, written = tmp_path / "given.yaml", tmp_path / "written.yaml"
    given.write_text(yaml_text(kube_proxy.configuration(plan)))
    done = subprocess.run(
        [needed("kube-proxy"), f"--config={given}", f"--write-config-to={written}"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # It complains of fields that it does not know, and goes on.
    assert "unknown field" not in done.stderr
    return plan, yaml.safe_load(written.read_text())


def test_kube_proxy_takes_its_configuration_as_meant(read_back: tuple[Plan, dict[str, object]]) -> None:
    plan, written = read_back
    assert written["mode"] == "nftables"
    assert written["clusterCIDR"] == ",".join(map(str, plan.settings.network.pods))
    assert written["detectLocalMode"] == "ClusterCIDR"


def test_its_figures_are_told_on_loopback_only(read_back: tuple[Plan, dict[str, object]]) -> None:
    _, written = read_back
    assert written["metricsBindAddress"] in ("127.0.0.1:10249", "[::1]:10249")


def test_the_kernels_table_of_connections_is_left_alone_where_it_is_the_whole_computers(
    read_back: tuple[Plan, dict[str, object]],
) -> None:
    plan, written = read_back
    conntrack = written["conntrack"]
    assert isinstance(conntrack, dict)
    assert (conntrack["maxPerCore"] == 0) == (plan.settings.local_machines is not None)


def test_it_dials_the_endpoint_with_its_own_account() -> None:
    plan = local()
    told = yaml_text(kube_proxy.kubeconfig(plan))
    assert f"server: {plan.endpoint.server}\n" in told
    assert "tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token" in told


def test_all_rights_are_held_for_a_moment_only_and_on_this_computer_never() -> None:
    def containers(plan: Plan, key: str) -> list[dict[str, dict[str, object]]]:
        found: list[dict[str, dict[str, object]]] = yaml.safe_load(yaml_text(kube_proxy.objects(plan)[-1]))["spec"][
            "template"
        ]["spec"].get(key, [])
        return found

    (initial,) = containers(local(WHOLE_MACHINES), "initContainers")
    assert initial["securityContext"]["privileged"] is True
    assert "--init-only" in initial["args"]
    assert containers(local(), "initContainers") == []
    for plan in PLANS.values():
        (main,) = containers(plan, "containers")
        assert "privileged" not in main["securityContext"]
        assert main["securityContext"]["capabilities"] == {"add": ["NET_ADMIN"], "drop": ["ALL"]}


def test_a_changed_configuration_makes_new_pods() -> None:
    def annotations(plan: Plan) -> object:
        return yaml.safe_load(yaml_text(kube_proxy.objects(plan)[-1]))["spec"]["template"]["metadata"]["annotations"]

    assert annotations(local()) != annotations(local({"network": {"pods": ["10.200.0.0/16"]}}))
