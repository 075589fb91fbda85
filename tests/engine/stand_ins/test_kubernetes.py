"""Objects of Kubernetes through the real engine and a real API server, from the first preview to destroy."""

import base64
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from provider.protocol.values import Properties
from tests.engine.stand_ins.workspace import Workspace, missing
from tests.kubernetes.api_server import ApiServer, running

PROGRAM = """
import pulumi, pulumi_kubernetes as k8s

config = pulumi.Config()
provider = k8s.Provider(
    "cluster", kubeconfig=config.require_secret("kubeconfig"), cluster_identifier="one",
    enable_config_map_mutable=True, upsert_existing_objects=config.get_bool("upsert"))
opts = pulumi.ResourceOptions(provider=provider, custom_timeouts=pulumi.CustomTimeouts(create="5s", update="5s"))
space = config.require("namespace")
namespace = k8s.core.v1.Namespace("space", metadata={"name": space}, opts=opts)
inside = {"namespace": namespace.metadata.name}
k8s.core.v1.ConfigMap(
    "text", metadata={"name": "text", **inside}, data={"size": config.get("size") or "1", "kept": "x"}, opts=opts)
k8s.core.v1.Secret(
    "hidden", metadata={"name": "hidden", **inside}, string_data={"word": "a-word-that-stays-secret"}, opts=opts)
service = k8s.core.v1.Service(
    "service", metadata={"name": "service", **inside},
    spec={"selector": {"app": "web"}, "ports": [{"port": 80, "name": "http"}]}, opts=opts)
account = k8s.core.v1.ServiceAccount("account", metadata={"name": "account", **inside}, opts=opts)
role = k8s.rbac.v1.ClusterRole(
    "role", metadata={"name": space}, opts=opts,
    rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": [config.get("verb") or "get"]}])
k8s.rbac.v1.ClusterRoleBinding(
    "binding", metadata={"name": space}, opts=opts,
    role_ref={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": config.get("role") or space},
    subjects=[{"kind": "ServiceAccount", "name": "account", **inside}])
if config.get_bool("deployment"):
    k8s.apps.v1.Deployment("web", metadata={"name": "web", **inside}, opts=opts, spec={
        "replicas": 1, "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{
            "name": "web", "image": "registry.invalid/web:1", "resources": {"requests": {"cpu": "0.1"}}}]}}})
pulumi.export("address", service.spec.cluster_ip)
pulumi.export("account", account.metadata.name)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    with running(tmp_path_factory.mktemp("api")) as made:
        yield made


class Stack(Workspace):
    """Its objects lie in a namespace of its own; here is no controller that would empty one for the next test."""

    space: str

    def path(self, collection: str, group: str = "/api/v1") -> str:
        return f"{group}/namespaces/{self.space}/{collection}"


@pytest.fixture
def stack(tmp_path: Path, server: ApiServer) -> Stack:
    reason = missing()
    if reason:
        pytest.skip(reason)
    made = Stack(tmp_path, PROGRAM)
    made.space = f"made-{secrets.token_hex(3)}"
    made.configure(namespace=made.space)
    assert made.run("config", "set", "--secret", "kubeconfig", "--", server.kubeconfig).status == 0
    return made


AVAILABLE: Properties = {
    "observedGeneration": 1,
    **dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), 1),
}


def test_objects_live_from_preview_to_destroy_and_only_changes_are_applied(stack: Stack, server: ApiServer) -> None:
    made = {"space", "text", "hidden", "service", "account", "role", "binding", "cluster", "tried-s"}
    assert set(stack.preview().operations()) == made
    assert stack.up().status == 0
    assert stack.outputs()["address"].startswith("10.96.")
    assert stack.run("preview", "--expect-no-changes").status == 0
    assert stack.run("refresh", "--yes", "--skip-preview", "--expect-no-changes").status == 0

    stack.configure(size="2", verb="list", role="view")
    assert stack.preview().operations() == {"text": {"update"}, "role": {"update"}, "binding": {"replace"}}
    changed = stack.up()
    assert changed.status == 0, changed.text
    assert server.get(stack.path("configmaps/text"))["data"] == {"size": "2", "kept": "x"}

    going = server.call("DELETE", f"/api/v1/namespaces/{stack.space}")
    server.call("PUT", f"/api/v1/namespaces/{stack.space}/finalize", {**going, "spec": {}})
    assert stack.run("destroy", "--yes", "--skip-preview").status == 0
    assert '"resources"' not in stack.run("stack", "export").out


def test_a_field_changed_by_hand_is_drift_with_its_path_and_manager_and_is_not_silently_taken_back(
    stack: Stack, server: ApiServer
) -> None:
    assert stack.up().status == 0
    server.edit(stack.path("configmaps/text"), {"data": {"size": "9", "more": "y"}}, manager="kubectl-edit")
    seen = stack.run("refresh", "--yes", "--skip-preview")
    assert "data.size was changed by kubectl-edit" in seen.text
    assert "data.more" not in seen.text
    assert stack.run("preview", "--expect-no-changes").status != 0

    refused = stack.up()
    assert refused.status != 0
    assert '.data.size: conflict with "kubectl-edit"' in refused.text
    force = {"PULUMI_K8S_ENABLE_PATCH_FORCE": "true"}
    taken = stack.run("up", "--yes", "--skip-preview", extra=force)
    assert taken.status == 0, taken.text
    assert server.get(stack.path("configmaps/text"))["data"] == {"size": "1", "kept": "x", "more": "y"}


def test_an_object_that_is_not_ready_in_time_is_kept_and_the_next_update_goes_on_with_it(
    stack: Stack, server: ApiServer
) -> None:
    stack.configure(deployment="true")
    failed = stack.up()
    assert failed.status != 0
    assert f"Deployment {stack.space}/web: not ready after 5 s" in failed.text
    server.status(stack.path("deployments/web", "/apis/apps/v1"), AVAILABLE)
    assert stack.preview().operations() == {"web": {"update"}}
    assert stack.up().status == 0
    assert stack.run("refresh", "--yes", "--skip-preview", "--expect-no-changes").status == 0


def test_what_exists_already_is_taken_only_when_that_is_asked_for(stack: Stack, server: ApiServer) -> None:
    server.call("POST", "/api/v1/namespaces", {"metadata": {"name": stack.space}})
    refused = stack.up()
    assert refused.status != 0
    assert f"Namespace {stack.space} exists already" in refused.text
    stack.configure(upsert="true")
    assert stack.up().status == 0


def test_a_cluster_that_is_gone_is_previewed_and_forgotten_with_the_switch_that_the_failure_names(
    stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with running(tmp_path_factory.mktemp("lost")) as lost:
        assert stack.run("config", "set", "--secret", "kubeconfig", "--", lost.kubeconfig).status == 0
        assert stack.up().status == 0
    stack.configure(size="2")
    assert stack.preview().operations() == {"text": {"update"}}
    failed = stack.run("destroy", "--yes", "--skip-preview")
    assert failed.status != 0
    assert f"the API server at {lost.url} cannot be reached: connection refused" in failed.text
    assert "PULUMI_K8S_DELETE_UNREACHABLE=true" in failed.text
    assert stack.run("destroy", "--yes", "--skip-preview", extra={"PULUMI_K8S_DELETE_UNREACHABLE": "true"}).status == 0


def test_a_renewed_credential_updates_the_provider_and_no_object(stack: Stack, server: ApiServer) -> None:
    assert stack.up().status == 0
    assert stack.run("config", "set", "--secret", "kubeconfig", "--", server.kubeconfig_of("renewed")).status == 0
    assert stack.preview().operations() == {"cluster": {"update"}}
    assert stack.up().status == 0


def test_the_key_of_the_kubeconfig_is_nowhere_in_the_clear(stack: Stack, server: ApiServer) -> None:
    made = stack.up()
    assert made.status == 0, made.text
    shown = made.text + stack.run("stack", "export").text + stack.run("preview", "--diff").text + stack.state()
    for line in server.kubeconfig.splitlines():
        if "client-key-data" in line:
            assert line.split()[-1][:80] not in shown
    for word in ("a-word-that-stays-secret", base64.b64encode(b"a-word-that-stays-secret").decode()):
        assert word not in shown
