"""Own hosts over SSH whose virtual address is held by kube-vip as a static pod, without Keepalived."""

from tests.policy.foreign.case import Alone
from tests.policy.foreign.parts import hosts, setup, store
from tests.policy.foreign.parts.command import Local, Remote
from tests.policy.foreign.parts.kubeadm import Kubeadm, files, here_documents

NAME, BUCKET, ADDRESS, ENDPOINT = "kiln", "acme-kiln-snapshots", "10.9.0.100", "api.kiln.acme.example"
KUBE_VIP = f"""\
apiVersion: v1
kind: Pod
metadata: {{name: kube-vip, namespace: kube-system}}
spec:
  hostNetwork: true
  priorityClassName: system-node-critical
  containers:
    - name: kube-vip
      image: ghcr.io/kube-vip/kube-vip:v1.0.1
      args: [manager]
      env:
        - {{name: address, value: "{ADDRESS}"}}
        - {{name: port, value: "6443"}}
        - {{name: vip_interface, value: eth0}}
        - {{name: vip_arp, value: "true"}}
        - {{name: cp_enable, value: "true"}}
        - {{name: vip_leaderelection, value: "true"}}
      securityContext: {{capabilities: {{add: [NET_ADMIN, NET_RAW], drop: [ALL]}}}}
      volumeMounts: [{{name: kubeconfig, mountPath: /etc/kubernetes/admin.conf, readOnly: true}}]
  volumes:
    - name: kubeconfig
      hostPath: {{path: /etc/kubernetes/admin.conf, type: FileOrCreate}}
"""


def program() -> None:
    """Three hosts."""
    store.bucket(BUCKET)
    nodes = hosts.hosts("kiln", "10.9.0", 11, 3)
    cluster = Kubeadm(name=NAME, endpoint=f"{ENDPOINT}:6443", sans=(ADDRESS,))
    for n, node in enumerate(nodes):
        manifest = {"/etc/kubernetes/manifests/kube-vip.yaml": KUBE_VIP}
        steps = [setup.HOST, setup.packages(), hosts.vault(NAME), "mkdir -p /etc/kubernetes/manifests\n"]
        steps += [here_documents(manifest | files(n, cluster)), f"{cluster.command(n)}\n", setup.backup(BUCKET, NAME)]
        Remote(node.name, host=node.address, create="set -eux\n" + "".join(steps))
    Local("announce", create=f"curl -sf --retry 30 --cacert kiln.crt https://{ENDPOINT}:6443/readyz")


ALONE = Alone(name="kube-vip", program=program, idea="a virtual address held by kube-vip needs no Keepalived")
