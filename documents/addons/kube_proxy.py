"""kube-proxy in nftables mode on every node (requirements CP-18).

Its rights are those of Kubernetes' own role `system:node-proxier`, which every version keeps as small as its kube-proxy
needs. It dials the endpoint: the address of the Service `kubernetes` exists only once it runs.
"""

import hashlib
from collections.abc import Iterator

from documents.addons import pods
from documents.addons.add_on import AddOn
from documents.addons.objects import account, cluster_role_binding, metadata, service_account
from documents.nesting import nested
from documents.yaml_text import Data, Document, yaml_text
from plan import Plan
from plan.addons import images, workload

NAME = "kube-proxy"
KIND = "KubeProxy"
# Pods reach the API by its Service's address. A pod that starts before kube-proxy fails, and its restart is delayed.
KEY = f"{KIND}/{NAME}"
LABELS = {"k8s-app": NAME}
ROLE = "system:node-proxier"
FOLDER = "/var/lib/kube-proxy"
CREDENTIALS = "/var/run/secrets/kubernetes.io/serviceaccount"
UNTOUCHED: dict[str, Data] = {
    "maxPerCore": 0,
    "min": 0,
    "tcpEstablishedTimeout": "0s",
    "tcpCloseWaitTimeout": "0s",
}
HEALTH_PORT = 10256  # the default, which load balancers of Services check
METRICS_PORT = 10249


def add_ons(plan: Plan) -> Iterator[AddOn]:
    """Enabled by `addons.kubeProxy`."""
    if plan.settings.addons.kube_proxy.enabled:
        yield AddOn(kind=KIND, name=NAME, facts={"mode": "nftables"}, objects=objects(plan))


def objects(plan: Plan) -> tuple[Document, ...]:
    """The objects, in order of dependency."""
    texts = {"config.yaml": yaml_text(configuration(plan)), "kubeconfig.yaml": yaml_text(kubeconfig(plan))}
    return (
        service_account(NAME),
        cluster_role_binding("quorate:kube-proxy", ROLE, account(NAME)),
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata(NAME, labels=LABELS), "data": texts},
        _daemon_set(plan, texts),
    )


def configuration(plan: Plan) -> Document:
    """KubeProxyConfiguration."""
    ranges = ",".join(str(network) for network in plan.settings.network.pods)
    loopback = "[::1]" if plan.settings.network.hosts.version == 6 else "127.0.0.1"  # noqa: PLR2004  IP's version
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "nftables",
        "clientConnection": {"kubeconfig": f"{FOLDER}/kubeconfig.yaml"},
        "detectLocalMode": "ClusterCIDR",
        "clusterCIDR": ranges,
        "metricsBindAddress": f"{loopback}:{METRICS_PORT}",
        # The kernel's connection table belongs to the whole computer, and containers in a nested machine may not change
        # it.
        **({"conntrack": UNTOUCHED} if nested(plan.settings) else {}),
    }


def kubeconfig(plan: Plan) -> Document:
    """A kubeconfig without a credential: the kubelet renews the token of the pod's own account in a file."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": plan.settings.cluster,
                "cluster": {"certificate-authority": f"{CREDENTIALS}/ca.crt", "server": plan.endpoint.server},
            }
        ],
        "users": [{"name": NAME, "user": {"tokenFile": f"{CREDENTIALS}/token"}}],
        "contexts": [{"name": NAME, "context": {"cluster": plan.settings.cluster, "user": NAME}}],
        "current-context": NAME,
    }


def _daemon_set(plan: Plan, texts: dict[str, str]) -> Document:
    # Read only at the start: a changed text creates new pods.
    digest = hashlib.sha256("\0".join(texts.values()).encode()).hexdigest()[:16]
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": metadata(NAME, labels=LABELS),
        "spec": {
            "selector": {"matchLabels": LABELS},
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}},
            "template": {
                "metadata": {"labels": LABELS, "annotations": {"quorate/configuration": digest}},
                "spec": _pod(plan),
            },
        },
    }


def _pod(plan: Plan) -> Document:
    return {
        "priorityClassName": "system-node-critical",
        "serviceAccountName": NAME,
        "hostNetwork": True,
        # The endpoint's name is in the node's hosts file, or known to its resolvers.
        "dnsPolicy": "Default",
        "nodeSelector": {"kubernetes.io/os": "linux"},
        # kube-proxy also runs on nodes that are not ready, which need Services to become ready.
        "tolerations": [{"operator": "Exists"}],
        "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
        # The privileged part runs once and exits; a nested machine does not have these privileges.
        **({} if nested(plan.settings) else {"initContainers": [_initial(plan)]}),
        "containers": [_main(plan)],
        "volumes": [{"name": "configuration", "configMap": {"name": NAME}}],
    }


def _initial(plan: Plan) -> Document:
    # Sets kernel parameters, which are only writable in a privileged container (kube-proxy's --init-only).
    return {
        **_container(plan, "init", "--init-only"),
        "securityContext": {"privileged": True, "readOnlyRootFilesystem": True},
    }


def _main(plan: Plan) -> Document:
    def asked(path: str) -> dict[str, Data]:
        return {"path": path, "port": HEALTH_PORT}

    return {
        **_container(plan, NAME),
        # Changes rules of the node's network, so it runs as root, but without other capabilities.
        "securityContext": {**pods.container_security(capabilities=("NET_ADMIN",)), "runAsUser": 0},
        "livenessProbe": {"httpGet": asked("/livez"), "initialDelaySeconds": 10, "failureThreshold": 5},
        "readinessProbe": {"httpGet": asked("/healthz"), "periodSeconds": 2},
    }


def _container(plan: Plan, name: str, *more: str) -> dict[str, Data]:
    return {
        "name": name,
        "image": images.kube_proxy(plan.settings),
        "imagePullPolicy": pods.pull_policy(plan.settings),
        "command": ["kube-proxy"],
        "args": [f"--config={FOLDER}/config.yaml", "--hostname-override=$(NODE_NAME)", *more],
        "env": [{"name": "NODE_NAME", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
        "resources": pods.resources(workload.kube_proxy(plan.settings)),
        "volumeMounts": [{"name": "configuration", "mountPath": FOLDER, "readOnly": True}],
    }
