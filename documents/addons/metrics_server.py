"""metrics-server, verified in both directions: it verifies every kubelet, and the API server verifies it (ADD-09).

A kubelet's serving certificate is issued by the cluster's authority, which Kubernetes publishes in every namespace as
the ConfigMap `kube-root-ca.crt`. The server's own certificate is issued by the same authority, and the APIService
carries that authority.
"""

from collections.abc import Iterator, Mapping

from documents.addons import kube_proxy, pods
from documents.addons.add_on import AddOn
from documents.addons.objects import (
    account,
    cluster_role,
    cluster_role_binding,
    disruption_budget,
    metadata,
    role_binding,
    rule,
    service_account,
)
from documents.yaml_text import Document
from plan import Plan
from plan.addons import images, workload
from plan.addons.workload import SYSTEM
from plan.certificates.inventory import METRICS_SERVER_HOST

NAME = "metrics-server"
KIND = "MetricsServer"
LABELS = {"k8s-app": NAME}
API = "metrics.k8s.io"
# The kubelet's port, so that a firewall that lets the API server reach kubelets also lets it reach this server.
PORT = 10250
SECRET = f"{NAME}-serving"
KUBELET_SECONDS = 5  # for one kubelet's response; must be below nine tenths of the shortest resolution
READ = ("get", "list", "watch")
EVERYWHERE = {f"rbac.authorization.k8s.io/aggregate-to-{role}": "true" for role in ("view", "edit", "admin")}


def add_ons(plan: Plan) -> Iterator[AddOn]:
    """Enabled by `addons.metricsServer`. Its component adds the certificate, which is issued while the program runs."""
    if plan.settings.addons.metrics_server.enabled:
        facts = {"host": METRICS_SERVER_HOST}
        yield AddOn(kind=KIND, name=NAME, facts=facts, objects=objects(plan), pods_after=(kube_proxy.KEY,))


def objects(plan: Plan) -> tuple[Document, ...]:
    """All objects except the serving certificate's Secret and the APIService, which contain issued files."""
    return (
        service_account(NAME),
        cluster_role("system:metrics-server", rule(("nodes/metrics",), ("get",)), rule(("pods", "nodes"), READ)),
        cluster_role_binding("system:metrics-server", "system:metrics-server", account(NAME)),
        cluster_role("system:aggregated-metrics-reader", rule(("pods", "nodes"), READ, API), labels=EVERYWHERE),
        cluster_role_binding(f"{NAME}:system:auth-delegator", "system:auth-delegator", account(NAME)),
        role_binding(
            f"{NAME}-auth-reader",
            SYSTEM,
            {"kind": "Role", "name": "extension-apiserver-authentication-reader"},
            account(NAME),
        ),
        _service(),
        *([disruption_budget(NAME, LABELS)] if workload.metrics_server(plan.settings).replicas > 1 else []),
        _deployment(plan),
    )


def secret(certificate: object, key: object) -> Mapping[str, object]:
    """The serving pair, as PEM texts or outputs; the server reloads renewed pairs from the file without a restart."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata(SECRET),
        "type": "kubernetes.io/tls",
        "stringData": {"tls.crt": certificate, "tls.key": key},
    }


def api_service(authority: object) -> Mapping[str, object]:
    """`authority`: base64 of the PEM text of the authority of the serving certificate; it may be unknown."""
    return {
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": metadata(f"v1beta1.{API}", None, LABELS),
        "spec": {
            "group": API,
            "version": "v1beta1",
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
            "caBundle": authority,
            "service": {"name": NAME, "namespace": SYSTEM, "port": 443},
        },
    }


def _service() -> Document:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(NAME, labels=LABELS),
        "spec": {
            "selector": LABELS,
            "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": "https"}],
        },
    }


def _deployment(plan: Plan) -> Document:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(NAME, labels=LABELS),
        "spec": {
            "replicas": workload.metrics_server(plan.settings).replicas,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "selector": {"matchLabels": LABELS},
            "template": {
                "metadata": {"labels": LABELS},
                "spec": {
                    "priorityClassName": "system-cluster-critical",
                    "serviceAccountName": NAME,
                    "nodeSelector": {"kubernetes.io/os": "linux"},
                    "tolerations": pods.tolerations(),
                    "topologySpreadConstraints": pods.spread(LABELS),
                    "securityContext": pods.pod_security(),
                    "containers": [_container(plan)],
                    "volumes": [
                        {"name": "serving", "secret": {"secretName": SECRET, "defaultMode": 0o444}},
                        {"name": "authority", "configMap": {"name": "kube-root-ca.crt"}},
                    ],
                },
            },
        },
    }


def _container(plan: Plan) -> Document:
    return {
        "name": NAME,
        "image": images.metrics_server(plan.settings),
        "imagePullPolicy": pods.pull_policy(plan.settings),
        "args": [
            f"--secure-port={PORT}",
            "--tls-cert-file=/serving/tls.crt",
            "--tls-private-key-file=/serving/tls.key",
            "--kubelet-certificate-authority=/authority/ca.crt",
            # The kubelet's certificate has the node's address.
            "--kubelet-preferred-address-types=InternalIP",
            "--kubelet-use-node-status-port",
            f"--kubelet-request-timeout={KUBELET_SECONDS}s",
            f"--metric-resolution={plan.settings.addons.metrics_server.resolution_seconds}s",
        ],
        "ports": [{"name": "https", "containerPort": PORT, "protocol": "TCP"}],
        "resources": pods.resources(workload.metrics_server(plan.settings)),
        "securityContext": pods.container_security(),
        "livenessProbe": {"httpGet": {"path": "/livez", "port": "https", "scheme": "HTTPS"}, "failureThreshold": 3},
        # Ready after two readings of every kubelet.
        "readinessProbe": {"httpGet": {"path": "/readyz", "port": "https", "scheme": "HTTPS"}, "periodSeconds": 2},
        "volumeMounts": [
            {"name": "serving", "mountPath": "/serving", "readOnly": True},
            {"name": "authority", "mountPath": "/authority", "readOnly": True},
        ],
    }
