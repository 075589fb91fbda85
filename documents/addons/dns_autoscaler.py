"""cluster-proportional-autoscaler for cluster DNS, if its image is given (requirements ADD-04)."""

import json
from collections.abc import Iterator

from documents.addons import core_dns, pods
from documents.addons.add_on import AddOn
from documents.addons.objects import (
    RBAC,
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

NAME = "dns-autoscaler"
ROLE = f"system:{NAME}"
LABELS = {"k8s-app": NAME}
TARGET = f"deployment/{core_dns.NAME}"


def add_ons(plan: Plan) -> Iterator[AddOn]:
    """Enabled if CoreDNS is on and `addons.coreDns` lets its replicas follow the number of nodes."""
    if plan.settings.addons.core_dns.enabled and core_dns.autoscaled(plan):
        facts = {"target": TARGET}
        yield AddOn(kind="DnsAutoscaler", name=NAME, facts=facts, objects=objects(plan), after=(core_dns.KEY,))


def objects(plan: Plan) -> tuple[Document, ...]:
    """Rights for one Deployment and one ConfigMap, the numbers, and the program."""
    return (
        service_account(NAME),
        cluster_role(ROLE, rule(("nodes",), ("list", "watch"))),
        cluster_role_binding(ROLE, ROLE, account(NAME)),
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": "Role",
            "metadata": metadata(NAME),
            "rules": [
                rule(("deployments/scale",), ("get", "update"), "apps", names=(core_dns.NAME,)),
                rule(("configmaps",), ("get",), names=(NAME,)),
            ],
        },
        role_binding(NAME, SYSTEM, {"kind": "Role", "name": NAME}, account(NAME)),
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": metadata(NAME),
            "data": {"linear": json.dumps(linear(plan))},
        },
        _deployment(plan),
    )


def linear(plan: Plan) -> dict[str, int | bool]:
    """The numbers for the same formula as in the plan."""
    dns = plan.settings.addons.core_dns
    return {
        "coresPerReplica": dns.cores_per_replica,
        "nodesPerReplica": dns.nodes_per_replica,
        "min": workload.least_dns_replicas(plan.settings),
        "preventSinglePointFailure": True,
        "includeUnschedulableNodes": True,
    }


def _deployment(plan: Plan) -> Document:
    size = workload.dns_autoscaler(plan.settings)
    container: dict[str, Data] = {
        "name": NAME,
        "image": plan.settings.addons.core_dns.autoscaler.image,
        "imagePullPolicy": pods.pull_policy(plan.settings),
        "args": [f"--namespace={SYSTEM}", f"--configmap={NAME}", f"--target={TARGET}", "--logtostderr=true", "--v=1"],
        "resources": pods.resources(size),
        "securityContext": pods.container_security(),
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(NAME, labels=LABELS),
        "spec": {
            "replicas": size.replicas,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": LABELS},
            "template": {
                "metadata": {"labels": LABELS},
                "spec": {
                    "priorityClassName": "system-cluster-critical",
                    "serviceAccountName": NAME,
                    "nodeSelector": {"kubernetes.io/os": "linux"},
                    "tolerations": pods.tolerations(),
                    "securityContext": pods.pod_security(),
                    "containers": [container],
                },
            },
        },
    }
