"""The three certificate authorities (one per purpose: otherwise every kubelet could read etcd)."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Authority:
    """One CA. `path` is relative to /etc/kubernetes/pki, without `.crt` and `.key`."""

    name: str
    common_name: str
    path: str
    key_on_nodes: bool  # only for the cluster CA, whose key the controller-manager signs with


CLUSTER = Authority(name="cluster", common_name="kubernetes", path="ca", key_on_nodes=True)
ETCD = Authority(name="etcd", common_name="etcd-ca", path="etcd/ca", key_on_nodes=False)
FRONT_PROXY = Authority(name="front-proxy", common_name="front-proxy-ca", path="front-proxy-ca", key_on_nodes=False)

AUTHORITIES = (CLUSTER, ETCD, FRONT_PROXY)
