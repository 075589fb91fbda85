"""kubeadm's documents for a control plane that is built well, as text for user data."""

from dataclasses import dataclass, field

import yaml

from tests.policy.foreign.parts.setup import KUBERNETES

Tree = dict[str, object]
ADM, KUBELET = "kubeadm.k8s.io/v1beta4", "kubelet.config.k8s.io/v1beta1"
AUDIT = """\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: None
    users: ["system:kube-proxy"]
  - level: Metadata
"""
# KMS v2: the plugin holds the key, so that the document may lie in user data.
ENCRYPTION = """\
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - kms: {apiVersion: v2, name: aws, endpoint: "unix:///run/kms/socket.sock", timeout: 3s}
"""
API_SERVER: dict[str, str] = {
    "authorization-mode": "Node,RBAC",
    "enable-admission-plugins": "NodeRestriction",
    "profiling": "false",
    "encryption-provider-config": "/etc/kubernetes/control/encryption.yaml",
    "audit-policy-file": "/etc/kubernetes/control/audit.yaml",
    "audit-log-path": "/var/log/kubernetes/audit.log",
    "audit-log-maxage": "30",
    "audit-log-maxbackup": "10",
    "audit-log-maxsize": "100",
}


def _args(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def _mounted(name: str, path: str, *, writable: bool = False) -> Tree:
    kind = "DirectoryOrCreate"
    return {"name": name, "hostPath": path, "mountPath": path, "readOnly": not writable, "pathType": kind}


@dataclass(frozen=True, kw_only=True)
class Kubeadm:
    """The choices of one cluster. `etcd`: kubeadm's `etcd` section; stacked by default."""

    name: str
    endpoint: str
    version: str = KUBERNETES
    pods: str = "10.244.0.0/16"
    services: str = "10.96.0.0/16"
    sans: tuple[str, ...] = ()
    api_server: dict[str, str] = field(default_factory=dict)
    controllers: dict[str, str] = field(default_factory=dict)
    kubelet: Tree = field(default_factory=dict)
    etcd: Tree | None = None
    registration: Tree = field(default_factory=dict)

    def cluster(self) -> Tree:
        """The ClusterConfiguration."""
        folders = [
            _mounted("control", "/etc/kubernetes/control"),
            _mounted("kms", "/run/kms"),
            _mounted("audit", "/var/log/kubernetes", writable=True),
        ]
        host = self.endpoint.rsplit(":", 1)[0]
        return {
            "apiVersion": ADM,
            "kind": "ClusterConfiguration",
            "clusterName": self.name,
            "kubernetesVersion": f"v{self.version}",
            "controlPlaneEndpoint": self.endpoint,
            "networking": {"podSubnet": self.pods, "serviceSubnet": self.services, "dnsDomain": "cluster.local"},
            "apiServer": {
                "certSANs": [host, *self.sans],
                "extraArgs": _args({**API_SERVER, **self.api_server}),
                "extraVolumes": folders,
            },
            "controllerManager": {"extraArgs": _args({"profiling": "false", **self.controllers})},
            "scheduler": {"extraArgs": _args({"profiling": "false"})},
            "etcd": self.etcd or {"local": {"dataDir": "/var/lib/etcd/data"}},
        }

    def node(self) -> Tree:
        """How a node registers itself."""
        socket = "unix:///run/containerd/containerd.sock"
        taint = {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}
        return {"criSocket": socket, "taints": [taint], **self.registration}

    def kubelet_configuration(self) -> Tree:
        """The KubeletConfiguration."""
        return {
            "apiVersion": KUBELET,
            "kind": "KubeletConfiguration",
            "cgroupDriver": "systemd",
            "authentication": {"anonymous": {"enabled": False}, "webhook": {"enabled": True}},
            "authorization": {"mode": "Webhook"},
            "rotateCertificates": True,
            "serverTLSBootstrap": True,
            "readOnlyPort": 0,
            "kubeReserved": {"cpu": "200m", "memory": "512Mi"},
            "systemReserved": {"cpu": "200m", "memory": "256Mi"},
            "evictionHard": {"memory.available": "200Mi", "nodefs.available": "10%"},
            **self.kubelet,
        }

    def init(self) -> str:
        """The documents of the first node."""
        first: Tree = {"apiVersion": ADM, "kind": "InitConfiguration", "nodeRegistration": self.node()}
        proxy: Tree = {
            "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
            "kind": "KubeProxyConfiguration",
            "mode": "nftables",
        }
        return _dumped([first, self.cluster(), self.kubelet_configuration(), proxy])

    def join(self) -> str:
        """The document of a further control-plane node; who it joins is in the discovery file."""
        return _dumped(
            [
                {
                    "apiVersion": ADM,
                    "kind": "JoinConfiguration",
                    "discovery": {"file": {"kubeConfigPath": "/etc/kubernetes/discovery.conf"}},
                    "nodeRegistration": self.node(),
                    "controlPlane": {},
                }
            ]
        )

    def document(self, number: int) -> str:
        """The documents of node `number`; node 0 is the first."""
        return self.join() if number else self.init()

    @staticmethod
    def command(number: int) -> str:
        """The command line of node `number`."""
        return f"kubeadm {'join' if number else 'init'} --config /etc/kubernetes/kubeadm.yaml"


def _dumped(documents: list[Tree]) -> str:
    return yaml.safe_dump_all(documents, sort_keys=False, explicit_start=True)


def files(number: int, cluster: Kubeadm) -> dict[str, str]:
    """Paths and texts that node `number` needs before kubeadm runs."""
    return {
        "/etc/kubernetes/kubeadm.yaml": cluster.document(number),
        "/etc/kubernetes/control/encryption.yaml": ENCRYPTION,
        "/etc/kubernetes/control/audit.yaml": AUDIT,
    }


def here_documents(texts: dict[str, str]) -> str:
    """Shell lines that write these files."""
    lines = [f"cat > {path} <<'EOF'\n{text.rstrip()}\nEOF\n" for path, text in texts.items()]
    return "mkdir -p /etc/kubernetes/control\n" + "".join(lines)
