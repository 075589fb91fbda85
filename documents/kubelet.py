"""The kubelet's unit. Its settings are in the kubeadm document; kubeadm writes /var/lib/kubelet/config.yaml of it."""

from documents.file import File
from documents.places import UNITS, program
from plan.settings import Settings

# The API server's shutdown-delay-duration (3 s) and a second for requests that are under way.
LEAVE_SECONDS = 4
LEAVE = f'test "$$(systemctl is-system-running)" = stopping && pkill -TERM -x kube-apiserver && sleep {LEAVE_SECONDS}'


def files(settings: Settings) -> tuple[File, ...]:
    """The same on every control-plane node."""
    return (File(path=f"{UNITS}/kubelet.service", content=unit(settings), step="kubelet"),)


def unit(settings: Settings) -> str:
    """The systemd unit. No bootstrap kubeconfig: the client certificate comes from the certificate tree."""
    return f"""[Unit]
Description=kubelet: the Kubernetes node agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target containerd.service
After=network-online.target containerd.service etcd.service haproxy.service nginx.service keepalived.service
StartLimitIntervalSec=0
# Written by kubeadm: before that there is nothing to run, and failing in a loop would only fill the journal.
ConditionPathExists=/var/lib/kubelet/config.yaml

[Service]
Environment=KUBELET_KUBEADM_ARGS=
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart={program("kubelet", settings)} --kubeconfig=/etc/kubernetes/kubelet.conf \\
  --config=/var/lib/kubelet/config.yaml $KUBELET_KUBEADM_ARGS
# When the machine shuts down, the API server leaves first, while its member, the balancer and the address are still
# there: without a word it would serve errors until the balancers' checks have found out. The kubelet, which would
# start it again, has ended by now. A mere restart of the kubelet leaves it alone.
ExecStopPost=-/bin/sh -c '{LEAVE}'
Restart=always
RestartSec=2
KillMode=process

[Install]
WantedBy=multi-user.target
"""
