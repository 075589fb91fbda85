"""AWS's cloud controller manager (requirements ADD-08; cloud-provider-aws, its own manifests' rights)."""

from collections.abc import Iterator

from documents.addons import pods
from documents.addons.add_on import AddOn
from documents.addons.objects import (
    account,
    cluster_role,
    cluster_role_binding,
    metadata,
    role_binding,
    rule,
    service_account,
)
from documents.yaml_text import Data, Document
from plan import Plan
from plan.addons import workload
from plan.addons.workload import SYSTEM

NAME = "cloud-controller-manager"
ROLE = f"system:{NAME}"
LABELS = {"k8s-app": NAME}
READ = ("get", "list", "watch")


def add_ons(plan: Plan) -> Iterator[AddOn]:
    """Enabled by `addons.cloudController`."""
    if plan.settings.addons.cloud_controller.enabled:
        facts = {"cluster": plan.settings.cluster}
        yield AddOn(kind="CloudController", name=NAME, facts=facts, objects=objects(plan))


def objects(plan: Plan) -> tuple[Document, ...]:
    """One pod on each control-plane node; a lease decides which one acts."""
    return (
        service_account(NAME),
        _role(),
        cluster_role_binding(ROLE, ROLE, account(NAME)),
        role_binding(
            f"{NAME}:apiserver-authentication-reader",
            SYSTEM,
            {"kind": "Role", "name": "extension-apiserver-authentication-reader"},
            account(NAME),
        ),
        _daemon_set(plan),
    )


def _role() -> Document:
    return cluster_role(
        ROLE,
        rule(("events",), ("create", "patch", "update")),
        rule(("nodes",), READ),
        rule(("services",), READ),
        rule(("services/status",), ("patch", "update")),
        rule(("serviceaccounts",), ("get",)),
        rule(("configmaps",), READ),
        rule(("leases",), ("create", "get", "update", "list", "watch"), "coordination.k8s.io"),
    )


def arguments(plan: Plan) -> list[Data]:
    """Load balancers only: pods are routed without the cloud's routes, and nodes are never touched.

    The node controllers look instances up by a provider ID, or else by a name that AWS gave; these nodes have other
    names, and a node that is not found is deleted.
    """
    return [
        "--cloud-provider=aws",
        "--controllers=service-lb-controller",
        "--leader-elect=true",
        "--use-service-account-credentials=false",
        "--allocate-node-cidrs=false",
        "--configure-cloud-routes=false",
        f"--cluster-name={plan.settings.cluster}",
        f"--cluster-cidr={','.join(str(network) for network in plan.settings.network.pods)}",
    ]


def _daemon_set(plan: Plan) -> Document:
    size = workload.cloud_controller(plan.settings)
    container: dict[str, Data] = {
        "name": NAME,
        "image": plan.settings.addons.cloud_controller.image,
        "imagePullPolicy": pods.pull_policy(plan.settings),
        "args": arguments(plan),
        "resources": pods.resources(size),
        "securityContext": pods.container_security(),
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": metadata(NAME, labels=LABELS),
        "spec": {
            "selector": {"matchLabels": LABELS},
            "template": {
                "metadata": {"labels": LABELS},
                "spec": {
                    "priorityClassName": "system-node-critical",
                    "serviceAccountName": NAME,
                    # The instance's own rights: pods behind the hop limit of 1 do not get them.
                    "hostNetwork": True,
                    "dnsPolicy": "Default",
                    "nodeSelector": {pods.CONTROL_PLANE: ""},
                    "tolerations": [
                        {"key": pods.CONTROL_PLANE, "operator": "Exists", "effect": "NoSchedule"},
                        # The taint of a new node, which this program removes.
                        {"key": "node.cloudprovider.kubernetes.io/uninitialized", "operator": "Exists"},
                        {"key": "node.kubernetes.io/not-ready", "operator": "Exists"},
                    ],
                    "securityContext": pods.pod_security(),
                    "containers": [container],
                },
            },
        },
    }
