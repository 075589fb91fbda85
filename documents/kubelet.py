"""The kubelet's unit. Its settings are in the kubeadm document; kubeadm writes /var/lib/kubelet/config.yaml of it."""

from documents.file import File
from documents.places import UNITS, program
from plan.settings import Settings


def files(settings: Settings) -> tuple[File, ...]:
    """The same on every control-plane node."""
    return (File(path=f"{UNITS}/kubelet.service", content=unit(settings), step="kubelet"),)


def unit(settings: Settings) -> str:
    """The systemd unit. No bootstrap kubeconfig: the client certificate comes from the certificate tree."""
    return f"""[Unit]
Description=kubelet: the Kubernetes node agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target containerd.service
After=network-online.target containerd.service etcd.service
StartLimitIntervalSec=0
# Written by kubeadm: before that there is nothing to run, and failing in a loop would only fill the journal.
ConditionPathExists=/var/lib/kubelet/config.yaml

[Service]
Environment=KUBELET_KUBEADM_ARGS=
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart={program("kubelet", settings)} --kubeconfig=/etc/kubernetes/kubelet.conf \\
  --config=/var/lib/kubelet/config.yaml $KUBELET_KUBEADM_ARGS
Restart=always
RestartSec=2
KillMode=process

[Install]
WantedBy=multi-user.target
"""
