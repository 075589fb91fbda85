"""A worker: a kubelet that joins by itself, and no part of the control plane (requirements BOOT-11).

kubeadm is not needed: it would only download the configuration that is already rendered here.
"""

from documents.file import File
from documents.kubelet_configuration import of_worker
from documents.places import UNITS, program
from documents.yaml_text import yaml_text
from plan import Node, Plan

CONFIGURATION = "/var/lib/kubelet/config.yaml"
KUBECONFIG = "/etc/kubernetes/kubelet.conf"  # the kubelet writes it once it has its certificate
BOOTSTRAP = "/run/quorate/bootstrap-kubelet.conf"  # in memory: the token in it is never written to a disk
DROP_INS = "/var/lib/kubelet/config.d"  # what the agent determines on the machine


def files(plan: Plan, node: Node) -> tuple[File, ...]:
    """Unit and configuration of the kubelet."""
    return (
        File(path=CONFIGURATION, content=yaml_text(of_worker(plan)), step="kubelet"),
        File(path=f"{UNITS}/kubelet.service", content=unit(plan, node), step="kubelet"),
    )


def unit(plan: Plan, node: Node) -> str:
    """The systemd unit. The node's name is given, because its object exists before the kubelet registers."""
    return f"""[Unit]
Description=kubelet: the Kubernetes node agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target containerd.service
After=network-online.target containerd.service
StartLimitIntervalSec=0

[Service]
ExecStart={program("kubelet", plan.settings)} --bootstrap-kubeconfig={BOOTSTRAP} \\
  --kubeconfig={KUBECONFIG} --config={CONFIGURATION} --config-dir={DROP_INS} \\
  --hostname-override={node.name} --node-ip={node.address} \\
  --node-labels=topology.kubernetes.io/zone={node.failure_domain}
Restart=always
RestartSec=2
KillMode=process

[Install]
WantedBy=multi-user.target
"""
