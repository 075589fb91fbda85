"""The kubelet's unit. kubeadm writes its settings, /var/lib/kubelet/config.yaml, from the kubeadm document."""

from documents.file import File
from documents.places import UNITS, program
from documents.serving import shutdown_delay
from plan.settings import Settings

DRAIN_SECONDS = 1  # seconds for requests in flight, after the API server's shutdown delay


def files(settings: Settings) -> tuple[File, ...]:
    """The same on every control-plane node."""
    return (File(path=f"{UNITS}/kubelet.service", content=unit(settings), step="kubelet"),)


def unit(settings: Settings) -> str:
    """The systemd unit. No bootstrap kubeconfig: the client certificate comes from the certificate tree."""
    seconds = shutdown_delay(settings) + DRAIN_SECONDS
    leave = f'test "$$(systemctl is-system-running)" = stopping && pkill -TERM -x kube-apiserver && sleep {seconds}'
    return f"""[Unit]
Description=kubelet: the Kubernetes node agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target containerd.service
After=network-online.target containerd.service etcd.service haproxy.service nginx.service keepalived.service
StartLimitIntervalSec=0
# Written by kubeadm. Without it the kubelet cannot run, and failing in a loop would only fill the journal.
ConditionPathExists=/var/lib/kubelet/config.yaml

[Service]
Environment=KUBELET_KUBEADM_ARGS=
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart={program("kubelet", settings)} --kubeconfig=/etc/kubernetes/kubelet.conf \\
  --config=/var/lib/kubelet/config.yaml $KUBELET_KUBEADM_ARGS
# When the machine shuts down, the API server ends first, while its member, the balancer and the address still run:
# otherwise it would serve errors until the balancers' checks notice. The kubelet, which would start it again, has
# ended by now. A restart of the kubelet alone does not touch the API server.
ExecStopPost=-/bin/sh -c '{leave}'
Restart=always
RestartSec=2
KillMode=process

[Install]
WantedBy=multi-user.target
"""
