"""The kubernetes stand-in against a real API server: dry runs, waiting, and whose field is whose."""

from collections.abc import Iterator

import pytest

from provider.protocol.messages import PartialFailure, Refused
from provider.protocol.values import UNKNOWN, Properties, secret
from tests.kubernetes.api_server import ApiServer, running
from tests.unit.workbench.kubernetes_site import Site, an_object, deployment, site, unwaited
from workbench.stand_ins.kubernetes.objects import at

WEB = "/apis/apps/v1/namespaces/default/deployments/web"
CONTAINERS = ("spec", "template", "spec", "containers")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    with running(tmp_path_factory.mktemp("api")) as made:
        yield made


@pytest.fixture
def cluster(server: ApiServer) -> Iterator[Site]:
    made = site(server.kubeconfig, upsertExistingObjects=True)
    yield made
    made.delete(deployment(), "default/web")


def drifted(cluster: Site, made: Properties, state: Properties) -> list[str]:
    """The warnings of a refresh."""
    cluster.told.lines.clear()
    found = cluster.read(made, "default/web", state)
    assert found is not None
    assert (found.inputs == made) is (not cluster.told.lines)
    return cluster.told.lines


def test_the_state_holds_the_inputs_where_the_official_provider_reads_them_and_as_a_secret(cluster: Site) -> None:
    made = unwaited(deployment())
    _, state = cluster.create(made)
    assert state["__inputs"] == secret(made)
    found = cluster.read(made, "default/web", {**state, "__inputs": made})
    assert found is not None
    assert found.state["__inputs"] == secret(made)


def test_what_nobody_changed_is_no_drift_even_where_the_server_writes_it_otherwise(cluster: Site) -> None:
    made = unwaited(deployment(cpu="0.1"))
    _, state = cluster.create(made)
    assert drifted(cluster, made, state) == []


def test_a_changed_element_of_a_list_is_drift_of_that_element_wherever_it_stands(
    cluster: Site, server: ApiServer
) -> None:
    made = unwaited(deployment())
    _, state = cluster.create(made)
    containers = at(server.get(WEB), *CONTAINERS)
    assert isinstance(containers, list)
    web = {**containers[1], "image": "registry.invalid/web:evil"}
    server.edit(WEB, {"spec": {"template": {"spec": {"containers": [web, containers[0]]}}}}, manager="kubectl-edit")
    (line,) = drifted(cluster, made, state)
    assert line.startswith(
        "Deployment default/web: spec.template.spec.containers[1].image was changed by kubectl-edit (update, "
    )
    found = cluster.read(made, "default/web", state)
    assert found is not None
    seen = at(found.inputs, *CONTAINERS)
    assert isinstance(seen, list)
    assert [container["image"] for container in seen] == ["registry.invalid/side:1", "registry.invalid/web:evil"]


def test_what_somebody_added_is_theirs_and_no_drift(cluster: Site, server: ApiServer) -> None:
    made = unwaited(deployment())
    _, state = cluster.create(made)
    server.edit(WEB, {"metadata": {"labels": {"theirs": "yes"}}, "spec": {"paused": True}})
    server.status(WEB, {"observedGeneration": 1, "replicas": 1})
    assert drifted(cluster, made, state) == []


def test_a_removed_field_is_drift(cluster: Site, server: ApiServer) -> None:
    made = unwaited(deployment())
    _, state = cluster.create(made)
    server.edit(WEB, {"metadata": {"annotations": {"pulumi.com/skipAwait": None}}})
    assert [line.split(" was ")[0] for line in drifted(cluster, made, state)] == [
        'Deployment default/web: metadata.annotations["pulumi.com/skipAwait"]'
    ]


def test_an_object_that_is_gone_is_told_as_gone(cluster: Site) -> None:
    assert cluster.read(deployment(), "default/web", {"kind": "Deployment"}) is None


def test_a_dry_run_refuses_in_the_preview_what_the_update_would_refuse(cluster: Site, server: ApiServer) -> None:
    bad = deployment()
    spec = bad["spec"]
    assert isinstance(spec, dict)
    with pytest.raises(Refused, match=r"422 Invalid: .*spec.replicas"):
        cluster.create({**bad, "spec": {**spec, "replicas": -1}}, preview=True)
    with pytest.raises(Refused, match=r"field not declared in schema|unknown field"):
        cluster.create({**bad, "spec": {**spec, "replica": 1}}, preview=True)
    assert not at(server.get("/apis/apps/v1/namespaces/default/deployments"), "items")


def test_a_preview_promises_no_address_that_the_update_will_not_give(cluster: Site, server: ApiServer) -> None:
    service = an_object("Service", "web", spec={"ports": [{"port": 80}], "selector": {"app": "web"}})
    _, state = cluster.create(service, preview=True)
    assert at(state, "spec", "clusterIP") == UNKNOWN
    assert at(state, "metadata", "uid") == UNKNOWN
    names = [at(item, "metadata", "name") for item in at(server.get("/api/v1/namespaces/default/services"), "items")]  # type: ignore[union-attr]  # a list
    assert "web" not in names


def test_an_object_of_a_namespace_that_the_same_update_makes_is_previewed(cluster: Site) -> None:
    _, state = cluster.create(an_object("ConfigMap", "a", namespace="not-yet", data={"x": "1"}), preview=True)
    assert state["data"] == {"x": "1"}


def test_waiting_ends_with_what_is_lacking_and_with_what_its_pods_say(cluster: Site, server: ApiServer) -> None:
    pods = "/api/v1/namespaces/default/pods"
    server.call("POST", "/api/v1/namespaces/default/serviceaccounts", {"metadata": {"name": "default"}})
    server.call(
        "POST",
        pods,
        {
            "metadata": {"name": "web-1", "labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web", "image": "registry.invalid/web:1"}]},
        },
    )
    waiting: Properties = {"reason": "ImagePullBackOff", "message": "no such image"}
    server.status(
        f"{pods}/web-1",
        {
            "containerStatuses": [
                {
                    "name": "web",
                    "ready": False,
                    "restartCount": 0,
                    "image": "",
                    "imageID": "",
                    "state": {"waiting": waiting},
                }
            ]
        },
    )
    with pytest.raises(PartialFailure) as unfinished:
        cluster.create(deployment(), seconds=1)
    assert unfinished.value.id == "default/web"
    assert unfinished.value.reasons == (
        "Deployment default/web: not ready after 1 s: its controller has not processed it yet",
        "pod web-1: ImagePullBackOff no such image",
    )


def test_a_rollout_that_its_controller_has_given_up_fails_at_once_with_the_controllers_words(
    cluster: Site, server: ApiServer
) -> None:
    cluster.create(unwaited(deployment()))
    condition: Properties = {
        "type": "Progressing",
        "status": "False",
        "reason": "ProgressDeadlineExceeded",
        "message": "it takes too long",
    }
    server.status(WEB, {"observedGeneration": 2, "conditions": [condition]})
    with pytest.raises(PartialFailure, match="ProgressDeadlineExceeded: it takes too long"):
        cluster.create(deployment(), seconds=60)


def test_a_deletion_that_something_holds_up_says_what_holds_it(cluster: Site) -> None:
    cluster.create(an_object("Namespace", "held"))
    with pytest.raises(Refused, match="Namespace held is still there"):
        cluster.delete(an_object("Namespace", "held"), "held", seconds=1)


def test_a_certificate_that_the_server_does_not_know_is_told_as_such(server: ApiServer) -> None:
    stranger = site(server.kubeconfig_of("nobody-knows-me", trusted=False))
    with pytest.raises(Refused, match=r"401 Unauthorized(.|\n)*may have expired"):
        stranger.create(an_object("Namespace", "one"))
