"""One bare `kubeadm init`: the same binaries on a machine with the same image, without Quorate."""

import base64
import time
from collections.abc import Iterator
from contextlib import contextmanager

from documents import containerd, kubelet
from documents.preflight import NESTED
from documents.yaml_text import Document, yaml_text
from plan.loading.configuration import read
from provider.local.machines import bridge, machine
from workbench.lab.machines import LocalMachines
from workbench.places import PRIVATE

FLEET, NAME, BRIDGE, PREFIX = "bare", "bare", "qbare0", "10.89.65"
INIT_SECONDS = 300.0
# kubeadm has no etcd image here, so one etcd runs beside it; starting it is not counted.
ETCD = (
    "systemd-run --quiet --unit=etcd --service-type=notify --property=TimeoutStartSec=60"
    " /usr/local/bin/etcd --data-dir=/var/lib/etcd/data"
)
PREPARE = f"""set -e
sysctl -qw net.ipv4.ip_forward=1
ln -sf /opt/quorate/store/bin/* /usr/local/bin/
ln -sf /opt/quorate/store/cni/* /opt/cni/bin/
hostname -I | tr -d '\\n' >> /etc/hosts && echo " $(hostname)" >> /etc/hosts
systemctl daemon-reload
systemctl enable --now containerd
systemctl enable kubelet
for image in /opt/quorate/store/images/*.tar; do ctr --namespace k8s.io images import $image; done
{ETCD}
"""


def seconds() -> float:
    """Seconds of one init, from the command to a ready control plane (kubeadm waits for it)."""
    with _machine() as machines:
        for path, content in _files().items():
            _write(machines, path, content)
        machines.run(NAME, "sh", "-c", PREPARE, seconds=INIT_SECONDS)
        begun = time.monotonic()
        machines.run(NAME, "kubeadm", "init", "--config", "/etc/kubernetes/kubeadm.yaml", seconds=INIT_SECONDS)
        return time.monotonic() - begun


@contextmanager
def _machine() -> Iterator[LocalMachines]:
    made = bridge.Bridge(fleet=FLEET, name=BRIDGE, cidr=f"{PREFIX}.1/24")
    key = (PRIVATE / "ssh" / "id_ed25519.pub").read_text(encoding="ascii").strip()
    spec = machine.MachineSpec(
        fleet=FLEET,
        name=NAME,
        bridge=BRIDGE,
        address=f"{PREFIX}.11/24",
        gateway=f"{PREFIX}.1",
        authorized_key=key,
        store=str((PRIVATE / "store").resolve()),
    )
    try:
        machine.destroy(FLEET, NAME)  # leftovers of an interrupted run
        bridge.ensure(made)
        machine.create(spec)
        yield LocalMachines(fleet=FLEET, names=(NAME,))
    finally:
        machine.destroy(FLEET, NAME)
        bridge.remove(made)


def _files() -> dict[str, str]:
    settings = read({"preset": "local"})
    units = {file.path: file.content for file in (*containerd.files(settings), *kubelet.files(settings))}
    return {**units, "/etc/kubernetes/kubeadm.yaml": yaml_text(*_documents())}


def _documents() -> tuple[Document, ...]:
    init: Document = {
        "apiVersion": "kubeadm.k8s.io/v1beta4",
        "kind": "InitConfiguration",
        "localAPIEndpoint": {"advertiseAddress": f"{PREFIX}.11"},
        "nodeRegistration": {"ignorePreflightErrors": list(NESTED), "imagePullPolicy": "Never"},
    }
    cluster: Document = {
        "apiVersion": "kubeadm.k8s.io/v1beta4",
        "kind": "ClusterConfiguration",
        "kubernetesVersion": f"v{read({'preset': 'local'}).control_plane.kubernetes_version}",
        "dns": {"disabled": True},
        "proxy": {"disabled": True},
        "etcd": {"external": {"endpoints": ["http://127.0.0.1:2379"]}},
    }
    # Required on a machine inside another one, as in the cluster's own configuration.
    node: Document = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "cgroupDriver": "cgroupfs",
        "failCgroupV1": False,
        "failSwapOn": False,
        "localStorageCapacityIsolation": False,
    }
    return init, cluster, node


def _write(machines: LocalMachines, path: str, content: str) -> None:
    encoded = base64.b64encode(content.encode()).decode()
    machines.run(NAME, "sh", "-c", f"mkdir -p $(dirname {path}) && echo {encoded} | base64 -d > {path}")
