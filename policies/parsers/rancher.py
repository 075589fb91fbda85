"""RKE2 and k3s servers in kubeadm's terms, which the rules read.

Sources: docs.rke2.io and docs.k3s.io, "server configuration reference", "secrets encryption", "etcd-snapshot".
"""

import json
from collections.abc import Iterator, Mapping

from policies.addresses import canonical, host_of, is_address
from policies.parsers.rancher_settings import Server, server

SERVER = " (settings of a server)"  # ends the name of the document that is derived here
PODS, SERVICES = "10.42.0.0/16", "10.43.0.0/16"  # both products' defaults
SNAPSHOTS = "0 */12 * * *"  # both products' default
_API = "kubeadm.k8s.io/v1beta4"
# What both products start the kubelet with: its certificates come from the cluster's authority.
_KUBELET: Mapping[str, object] = {
    "apiVersion": "kubelet.config.k8s.io/v1beta1",
    "kind": "KubeletConfiguration",
    "cgroupDriver": "systemd",
    "authentication": {"anonymous": {"enabled": False}, "webhook": {"enabled": True}},
    "authorization": {"mode": "Webhook"},
    "rotateCertificates": True,
    "serverTLSBootstrap": True,
}


def derived(texts: Mapping[str, str]) -> dict[str, str]:
    """Documents in kubeadm's terms for the server with etcd that these texts start; none if they start no such one."""
    found = server(texts)
    if found is None or not found.has_etcd:
        return {}
    name = f"{found.where}{SERVER}"
    made = {name: "\n".join(f"---\n{json.dumps(each)}" for each in _documents(found))}
    made[f"kernel of {name}"] = "net.ipv4.ip_forward = 1\n"  # both products set it when they start
    if found.encrypts:
        made[f"encryption of {name}"] = json.dumps(_encryption(found))
    if not found.flag("etcd-disable-snapshots"):
        made[f"snapshots of {name}"] = _snapshots(found)
    return made


def _documents(found: Server) -> Iterator[Mapping[str, object]]:
    node = {"kubeletExtraArgs": _arguments(found.pairs("kubelet-arg"))}
    if found.joins:
        joined = {"discovery": {"server": found.last("server")}, "controlPlane": {}, "nodeRegistration": node}
        yield {"apiVersion": _API, "kind": "JoinConfiguration", **joined}
    else:
        yield {"apiVersion": _API, "kind": "InitConfiguration", "nodeRegistration": node}
        yield _cluster(found)
    yield _KUBELET


def _cluster(found: Server) -> dict[str, object]:
    return {
        "apiVersion": _API,
        "kind": "ClusterConfiguration",
        **({"kubernetesVersion": found.release} if found.release else {}),
        "controlPlaneEndpoint": _endpoint(found),
        "networking": {
            "podSubnet": found.last("cluster-cidr", PODS),
            "serviceSubnet": found.last("service-cidr", SERVICES),
            "dnsDomain": found.last("cluster-domain", "cluster.local"),
        },
        "apiServer": {"certSANs": found.names, "extraArgs": _arguments(_api_server(found))},
        "controllerManager": {"extraArgs": _arguments(found.pairs("kube-controller-manager-arg"))},
        "scheduler": {"extraArgs": _arguments(found.pairs("kube-scheduler-arg"))},
        "etcd": {"local": {"extraArgs": _arguments(found.pairs("etcd-arg"))}},
    }


def _endpoint(found: Server) -> str:
    """The name that all servers' certificates share; '' if there is none."""
    own = {canonical(found.last(name)) for name in ("node-ip", "advertise-address", "node-name")}
    shared = [host for text in (found.last("server"), *found.names) if (host := host_of(text))]
    shared = [host for host in shared if canonical(host) not in own]
    best = next((name for name in shared if not is_address(name)), next(iter(shared), ""))
    return f"{best}:{found.last('https-listen-port', '6443')}" if best else ""


def _api_server(found: Server) -> dict[str, str]:
    made = {"authorization-mode": "Node,RBAC", "enable-admission-plugins": "NodeRestriction"}
    policy = found.last("audit-policy-file")
    if found.product == "rke2" and (policy or found.last("profile")):
        made |= {
            "audit-policy-file": policy or "/etc/rancher/rke2/audit-policy.yaml",
            "audit-log-path": "/var/lib/rancher/rke2/server/logs/audit.log",
            "audit-log-maxage": "30",
            "audit-log-maxbackup": "10",
            "audit-log-maxsize": "100",
        }
    if found.encrypts:
        made["encryption-provider-config"] = f"/var/lib/rancher/{found.product}/server/cred/encryption-config.json"
    return made | found.pairs("kube-apiserver-arg")


def _arguments(pairs: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs.items()]


def _encryption(found: Server) -> dict[str, object]:
    """What the server writes; it makes the key itself."""
    provider = found.last("secrets-encryption-provider", "aescbc")
    entry = {"resources": ["secrets"], "providers": [{provider: {}}, {"identity": {}}]}
    return {"apiVersion": "apiserver.config.k8s.io/v1", "kind": "EncryptionConfiguration", "resources": [entry]}


def _snapshots(found: Server) -> str:
    """The snapshots that a server takes by itself, as a line for cron."""
    schedule = found.last("etcd-snapshot-schedule-cron", SNAPSHOTS)
    client = "--endpoints=https://127.0.0.1:2379 --cacert=ca.crt --cert=client.crt --key=client.key"
    bucket = found.last("etcd-s3-bucket") if found.flag("etcd-s3") else ""
    copied = f" && aws s3 cp snapshot s3://{bucket}/" if bucket else ""
    return f"{schedule} root etcdctl {client} snapshot save snapshot{copied}\n"
