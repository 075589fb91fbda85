"""kubeadm.yaml of one node: the same `kubeadm init` runs on every node, at first and after every change (BOOT-06)."""

from documents import audit, authentication, cluster_configuration, kubelet_configuration, node_object, rbac
from documents.file import File
from documents.places import AUDIT, AUTHENTICATION, CONTAINERD_SOCKET, KUBEADM, RBAC
from documents.preflight import ignored
from documents.yaml_text import Document, yaml_text
from plan import Node, Plan
from plan.network.endpoint import API_PORT

# No tokens and no uploaded certificates: every node has its own files. DNS and kube-proxy are separate add-ons.
SKIPPED_PHASES = ("bootstrap-token", "show-join-command", "addon", "upload-certs")


def files(plan: Plan, node: Node) -> tuple[File, ...]:
    """kubeadm.yaml, the API server's other files, and the objects that are applied once it serves."""
    policy = audit.policy(plan.settings.control_plane.audit)
    return (
        File(path=KUBEADM, content=configuration(plan, node), mode=0o600, step="control-plane"),
        File(path=AUDIT, content=policy, mode=0o600, step="control-plane"),
        File(path=AUTHENTICATION, content=authentication.configuration(), mode=0o600, step="control-plane"),
        File(path=RBAC, content=rbac.bindings(plan), step="access"),
        *node_object.files(node),
    )


def configuration(plan: Plan, node: Node) -> str:
    """Three documents in one file: init, cluster and kubelet."""
    return yaml_text(
        init_configuration(plan, node),
        cluster_configuration.configuration(plan),
        kubelet_configuration.configuration(plan),
    )


def init_configuration(plan: Plan, node: Node) -> Document:
    """The parts that differ between nodes: name, address, failure domain."""
    settings = plan.settings
    return {
        "apiVersion": cluster_configuration.API,
        "kind": "InitConfiguration",
        "localAPIEndpoint": {"advertiseAddress": str(node.address), "bindPort": API_PORT},
        "nodeRegistration": {
            "name": node.name,
            "criSocket": CONTAINERD_SOCKET,
            # Images from the store are already on the node, and with a store there is often no reachable registry.
            "imagePullPolicy": "Never" if settings.artifacts.source == "store" else "IfNotPresent",
            "taints": [{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}],
            "kubeletExtraArgs": [
                {"name": "node-ip", "value": str(node.address)},
                # kubeadm cannot distinguish false from absent and turns rotation on in the configuration, but flags
                # override it. With rotation the kubelet requests its own certificate, and kubeadm's next run makes
                # kubelet.conf use that one.
                {"name": "rotate-certificates", "value": "false"},
                {"name": "node-labels", "value": f"topology.kubernetes.io/zone={node.failure_domain}"},
            ],
            "ignorePreflightErrors": list(ignored(settings)),
        },
        "skipPhases": list(SKIPPED_PHASES),
        "timeouts": {"controlPlaneComponentHealthCheck": "4m0s", "kubernetesAPICall": "2m0s"},
    }
