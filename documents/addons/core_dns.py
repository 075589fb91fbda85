"""Cluster DNS: CoreDNS with replicas that survive the loss of any one node (requirements ADD-02 to ADD-04, ADD-21)."""

from collections.abc import Iterator

from documents.addons import kube_proxy, pods
from documents.addons.add_on import AddOn
from documents.addons.corefile import corefile
from documents.addons.objects import (
    account,
    cluster_role,
    cluster_role_binding,
    disruption_budget,
    metadata,
    rule,
    service_account,
)
from documents.yaml_text import Data, Document
from plan import Plan
from plan.addons import images, workload

NAME = "coredns"
KIND = "CoreDns"
KEY = f"{KIND}/{NAME}"
SERVICE = "kube-dns"  # the name that every tool uses; it is older than CoreDNS
LABELS = {"k8s-app": SERVICE}
ROLE = "system:coredns"
READ = ("list", "watch")


def add_ons(plan: Plan) -> Iterator[AddOn]:
    """Enabled by `addons.coreDns`."""
    if plan.settings.addons.core_dns.enabled:
        facts = {
            "replicas": workload.core_dns(plan.settings).replicas,
            "addresses": [str(address) for address in plan.dns_ips],
            "domain": plan.settings.network.dns_domain,
        }
        yield AddOn(kind=KIND, name=NAME, facts=facts, objects=objects(plan), pods_after=(kube_proxy.KEY,))


def objects(plan: Plan) -> tuple[Document, ...]:
    """The objects, in order of dependency."""
    return (
        service_account(NAME),
        cluster_role(
            ROLE,
            rule(("services", "pods", "namespaces"), READ),
            rule(("endpointslices",), READ, "discovery.k8s.io"),
        ),
        cluster_role_binding(ROLE, ROLE, account(NAME)),
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": metadata(NAME),
            "data": {"Corefile": corefile(plan)},
        },
        _service(plan),
        disruption_budget(NAME, LABELS),
        _deployment(plan),
    )


def _service(plan: Plan) -> Document:
    addresses = [str(address) for address in plan.dns_ips]
    both = len(addresses) > 1
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(
            SERVICE,
            labels={**LABELS, "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS"},
        ),
        "spec": {
            "clusterIP": addresses[0],
            "clusterIPs": addresses,
            "ipFamilyPolicy": "RequireDualStack" if both else "SingleStack",
            "selector": LABELS,
            # A node with a replica uses that one: the loss of another node then does not affect its pods.
            "trafficDistribution": "PreferSameNode",
            "ports": [
                {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": "dns"},
                {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": "dns-tcp"},
                {"name": "metrics", "port": 9153, "protocol": "TCP", "targetPort": "metrics"},
            ],
        },
    }


def _deployment(plan: Plan) -> Document:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(NAME, labels=LABELS),
        "spec": {
            "replicas": workload.core_dns(plan.settings).replicas,
            # Never fewer replicas than configured, not even during an update.
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "selector": {"matchLabels": LABELS},
            "template": {"metadata": {"labels": LABELS}, "spec": _pod(plan)},
        },
    }


def _pod(plan: Plan) -> Document:
    return {
        "priorityClassName": "system-cluster-critical",
        "serviceAccountName": NAME,
        # The node's resolvers, because with cluster DNS it would forward queries to itself.
        "dnsPolicy": "Default",
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "tolerations": pods.tolerations(),
        "topologySpreadConstraints": pods.spread(LABELS),
        "securityContext": {
            **pods.pod_security(),
            # Allows port 53 without root, regardless of the runtime's default; a safe sysctl.
            "sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "53"}],
        },
        "containers": [_container(plan)],
        "volumes": [
            {"name": "corefile", "configMap": {"name": NAME, "items": [{"key": "Corefile", "path": "Corefile"}]}}
        ],
    }


def _container(plan: Plan) -> Document:
    ports: list[Data] = [
        {"name": name, "containerPort": number, "protocol": protocol}
        for name, number, protocol in (
            ("dns", 53, "UDP"),
            ("dns-tcp", 53, "TCP"),
            ("metrics", 9153, "TCP"),
            ("health", 8080, "TCP"),
            ("ready", 8181, "TCP"),
        )
    ]
    return {
        "name": NAME,
        "image": images.core_dns(plan.settings),
        "imagePullPolicy": pods.pull_policy(plan.settings),
        "args": ["-conf", "/etc/coredns/Corefile"],
        "ports": ports,
        "resources": pods.resources(workload.core_dns(plan.settings)),
        # The official image's program has this file capability and does not start without it.
        "securityContext": pods.container_security(capabilities=("NET_BIND_SERVICE",)),
        "livenessProbe": {
            "httpGet": {"path": "/health", "port": "health"},
            "initialDelaySeconds": 60,
            "timeoutSeconds": 5,
            "failureThreshold": 5,
        },
        "readinessProbe": {"httpGet": {"path": "/ready", "port": "ready"}, "periodSeconds": 2},
        "volumeMounts": [{"name": "corefile", "mountPath": "/etc/coredns", "readOnly": True}],
    }


def autoscaled(plan: Plan) -> bool:
    """Whether another program sets the number of replicas once they exist."""
    return plan.settings.addons.core_dns.autoscaler.image is not None
