"""etcd members as static pods; the manifest is in YAML's flow style."""

import json

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import members, setup
from tests.policy.foreign.parts.members import Member
from tests.policy.foreign.parts.texts import as_yaml, encoded, written

KUBELET = """\
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: /etc/kubernetes/ca.crt}}
authorization: {mode: Webhook}
readOnlyPort: 0
cgroupDriver: systemd
rotateCertificates: true
serverTLSBootstrap: true
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
staticPodPath: /etc/kubernetes/manifests
"""
SERVICE = """\
[Service]
ExecStart=
ExecStart=/usr/bin/kubelet --config=/etc/kubernetes/kubelet.yaml --kubeconfig=/etc/kubernetes/kubelet.conf
Restart=always
"""


def manifest(member: Member, everyone: tuple[Member, ...], tag: str) -> str:
    """A static pod in flow style, as YAML allows."""
    mounts = [("data", "/var/lib/etcd"), ("pki", members.PKI)]
    flags = [f"--{name}={value}" for name, value in members.options(member, everyone, "pods").items()]
    container = {
        "name": "etcd",
        "image": f"registry.k8s.io/etcd:{tag}",
        "command": ["etcd", *flags],
        "volumeMounts": [{"name": name, "mountPath": path} for name, path in mounts],
        "resources": {"requests": {"cpu": "500m", "memory": "1Gi"}},
    }
    volumes = [{"name": name, "hostPath": {"path": path, "type": "DirectoryOrCreate"}} for name, path in mounts]
    spec = {"hostNetwork": True, "priorityClassName": "system-node-critical"}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "etcd", "namespace": "kube-system"},
        "spec": {**spec, "containers": [container], "volumes": volumes},
    }
    return json.dumps(pod).replace('"apiVersion"', "apiVersion").replace('"kind"', "kind")


def cloud_config(member: Member, everyone: tuple[Member, ...], bucket: str, tag: str) -> str:
    """User data of one member."""
    files = {
        "/etc/kubernetes/manifests/etcd.yaml": manifest(member, everyone, tag),
        "/etc/kubernetes/kubelet.yaml": KUBELET,
        "/etc/systemd/system/kubelet.service.d/20-etcd.conf": SERVICE,
    }
    start = f"cp {members.PKI}/kubelet.conf /etc/kubernetes/\nsystemctl daemon-reload\nsystemctl restart kubelet\n"
    run = [setup.HOST, setup.packages(), setup.etcd_disk(), members.fetch("pods"), start]
    return "#cloud-config\n" + as_yaml(
        {"write_files": written(files), "runcmd": [*run, members.snapshots(bucket, "pods")]}
    )


def program(*, bad: bool) -> None:
    """Three members; with the fault each runs whatever image is newest at its start."""
    place = members.around("pods", "10.44.0.0/16")
    everyone = members.trio(place.home)
    tag = "latest" if bad else f"{setup.ETCD}-0"
    for n, member in enumerate(everyone):
        place.machine(n, member, base64=encoded(cloud_config(member, everyone, place.bucket, tag)))


PAIR = Pair(
    name="static-pod-latest",
    program=program,
    idea="the members' image is latest, so that each node may run another etcd",
    expected=frozenset({"P67", "P16"}),
)
