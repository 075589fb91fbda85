"""A whole control plane by hand on three own hosts: authorities, leaves, units and what carries them there."""

import base64
from dataclasses import dataclass

import pulumi
import pulumi_tls as tls

from tests.policy.foreign.parts import hard_way, store, units
from tests.policy.foreign.parts.hard_way import Authority, Cluster, Issued
from tests.policy.foreign.parts.hosts import Host


@dataclass(frozen=True)
class Authorities:
    """One authority for each purpose."""

    cluster: Authority
    etcd: Authority
    proxy: Authority


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What may go wrong."""

    names_endpoint: bool = True
    api_server_hours: int = hard_way.YEAR
    api_server_signs: bool = False
    elects: bool = True


def roots(name: str) -> Authorities:
    """Three authorities that sign themselves."""
    return Authorities(*(hard_way.root(f"{name}-{purpose}-ca") for purpose in ("cluster", "etcd", "front-proxy")))


def build(cluster: Cluster, by: Authorities, choices: Choices | None = None) -> None:
    """Everything on every host."""
    chosen = choices or Choices()
    bucket = f"acme-{cluster.name}-snapshots"
    store.bucket(bucket)
    account = tls.PrivateKey(f"{cluster.name}-sa", algorithm="RSA", rsa_bits=4096, opts=hard_way.PROTECTED)
    for me in cluster.nodes:
        _keys(me, by, account)
        _leaves(cluster, me, by, chosen)
        programs = {
            "etcd": units.etcd(me, cluster.nodes, cluster.name),
            "kube-apiserver": units.api_server(me, cluster.nodes, cluster.endpoint),
            "kube-controller-manager": units.controllers(cluster.name, elects=chosen.elects),
            "kube-scheduler": units.scheduler(),
        }
        units.files(me, cluster.name, programs, bucket)


def _keys(me: Host, by: Authorities, account: tls.PrivateKey) -> None:
    """What is the same on every node."""
    units.pem(me, "ca.crt", by.cluster.certificate)
    units.pem(me, "ca.key", by.cluster.key.private_key_pem)
    units.pem(me, "etcd-ca.crt", by.etcd.certificate)
    units.pem(me, "front-proxy-ca.crt", by.proxy.certificate)
    units.pem(me, "sa.pub", account.public_key_pem)
    units.pem(me, "sa.key", account.private_key_pem)


def _leaves(cluster: Cluster, me: Host, by: Authorities, chosen: Choices) -> None:
    """This node's own leaves."""
    server = cluster.api_server(
        me, endpoint=chosen.names_endpoint, hours=chosen.api_server_hours, signs=chosen.api_server_signs
    )
    units.pair(me, "apiserver", hard_way.issue(server, by.cluster))
    kubelets = cluster.client(me, "kubelet-client", "kube-apiserver-kubelet-client")
    units.pair(me, "kubelet-client", hard_way.issue(kubelets, by.cluster))
    units.pair(me, "etcd", hard_way.issue(cluster.member(me), by.etcd))
    store_client = cluster.client(me, "etcd-client", "kube-apiserver-etcd-client")
    units.pair(me, "etcd-client", hard_way.issue(store_client, by.etcd))
    units.pair(me, "front-proxy", hard_way.issue(cluster.client(me, "front-proxy", "front-proxy-client"), by.proxy))
    for role in ("controller-manager", "scheduler"):
        user = f"system:kube-{role}"
        issued = hard_way.issue(cluster.client(me, role, user, user), by.cluster)
        units.pem(me, f"{role}.conf", kubeconfig(user, by.cluster, issued))


def kubeconfig(user: str, by: Authority, issued: Issued) -> pulumi.Output[str]:
    """A kubeconfig for a program on the node itself."""
    return pulumi.Output.json_dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": "here",
                    "cluster": {
                        "server": "https://127.0.0.1:6443",
                        "certificate-authority-data": encoded(by.certificate),
                    },
                }
            ],
            "users": [
                {
                    "name": user,
                    "user": {
                        "client-certificate-data": encoded(issued.certificate),
                        "client-key-data": encoded(issued.key),
                    },
                }
            ],
            "contexts": [{"name": "here", "context": {"cluster": "here", "user": user}}],
            "current-context": "here",
        }
    )


def encoded(text: pulumi.Output[str]) -> pulumi.Output[str]:
    """Base64, as kubeconfigs have it."""
    return text.apply(lambda pem: base64.b64encode(pem.encode()).decode())
