"""Plans that the tests of documents render, made from hand-written settings."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Literal

from plan.authorities import AUTHORITIES, Authority
from plan.certificates import BOTH, CLIENT, SERVER, Certificate, Subject, Usage
from plan.cluster import Plan
from plan.endpoint import Endpoint
from plan.members import members
from plan.nodes import Address, Node
from plan.settings import (
    Artifacts,
    Audit,
    Certificates,
    ControlPlane,
    EndpointSettings,
    HostNode,
    LocalMachines,
    Network,
    Settings,
    Ssh,
    VirtualIp,
)

Algorithm = Literal["ECDSA-P256", "ECDSA-P384", "RSA-3072", "RSA-4096"]


def local(
    *,
    balancer: Literal["haproxy", "nginx"] = "haproxy",
    machines: bool = True,
    source: Literal["store", "packages"] = "store",
    dedicated: bool = False,
    ipv6: bool = False,
    algorithm: Algorithm = "ECDSA-P256",
    node_count: int = 3,
    etcd_servers: Literal["all", "own"] = "all",
    audit_level: Literal["Metadata", "Request", "RequestResponse"] = "Metadata",
) -> Plan:
    """The local preset, with the given departures from it."""
    prefix = "fd00:88::" if ipv6 else "10.88.0."
    hosts = [
        HostNode(name=f"cp{i}", address=ip_address(f"{prefix}{10 + i}"), failure_domain=f"rack{i}")
        for i in range(1, node_count + 1)
    ]
    balancers = [
        HostNode(name=f"lb{i}", address=ip_address(f"{prefix}{20 + i}"), failure_domain=f"rack{i}") for i in (1, 2)
    ]
    network = (
        Network(
            hosts=ip_network("fd00:88::/64"),
            pods=(ip_network("fd00:244::/56"),),
            services=(ip_network("fd00:96::/112"),),
        )
        if ipv6
        else Network(hosts=ip_network("10.88.0.0/24"), time_servers=("10.88.0.1",))
    )
    settings = Settings(
        cluster="local",
        nodes=tuple(hosts),
        balancers=tuple(balancers) if dedicated else (),
        network=network,
        endpoint=EndpointSettings(
            name="api.local.quorate.internal",
            port=6443 if dedicated else 8443,
            balancer=balancer,
            virtual_ip=VirtualIp(address=ip_address(f"{prefix}10"), interface="host0"),
            dedicated_hosts=tuple(b.name for b in balancers) if dedicated else (),
        ),
        ssh=Ssh(private_key_path=".quorate/ssh/id_ed25519"),
        artifacts=Artifacts(source=source, store="file:///opt/quorate/store" if source == "store" else None),
        certificates=Certificates(algorithm=algorithm),
        control_plane=ControlPlane(etcd_servers=etcd_servers, audit=Audit(level=audit_level)),
        local_machines=LocalMachines() if machines else None,
    )
    return _plan(settings)


def _plan(settings: Settings) -> Plan:
    nodes = tuple(
        Node(name=h.name, address=h.address, failure_domain=h.failure_domain, index=i)
        for i, h in enumerate(settings.nodes)
    )
    virtual_ip = settings.endpoint.virtual_ip
    service_ips = tuple(network[1] for network in settings.network.services)
    service = ("kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local")
    names = (settings.endpoint.name, *service, *(n.name for n in nodes), "localhost")
    addresses = (
        *(n.address for n in nodes),
        *service_ips,
        *((virtual_ip.address,) if virtual_ip else ()),
        *map(ip_address, ("127.0.0.1", "::1")),
    )
    return Plan(
        settings=settings,
        nodes=nodes,
        members=members(nodes),
        endpoint=Endpoint(
            name=settings.endpoint.name,
            port=settings.endpoint.port,
            address=virtual_ip.address if virtual_ip else None,
        ),
        authorities=AUTHORITIES,
        certificates=tuple(c for node in nodes for c in _certificates(node, names, addresses)),
        ports=(),
        service_ips=service_ips,
        dns_ips=tuple(network[10] for network in settings.network.services),
    )


def _certificates(node: Node, names: tuple[str, ...], addresses: tuple[Address, ...]) -> list[Certificate]:
    """What the documents need of the inventory; every server may answer to every name here."""
    cluster, etcd, front_proxy = AUTHORITIES
    pki = "/etc/kubernetes/pki"
    user = f"system:node:{node.name}"

    def leaf(authority: Authority, usages: tuple[Usage, ...], who: str, group: str | None, **place: str) -> Certificate:
        serves = "server_auth" in usages
        return Certificate(
            name=place.get("path", place.get("kubeconfig", "")).rsplit("/", 1)[-1],
            node=node.name,
            issuer=authority,
            subject=Subject(common_name=who, organization=group),
            usages=usages,
            dns_names=names if serves else (),
            addresses=addresses if serves else (),
            lifetime_hours=8760,
            early_renewal_hours=720,
            path=place.get("path"),
            kubeconfig=place.get("kubeconfig"),
        )

    return [
        leaf(cluster, SERVER, "kube-apiserver", None, path=f"{pki}/apiserver"),
        leaf(cluster, SERVER, user, "system:nodes", path="/var/lib/kubelet/pki/serving"),
        leaf(etcd, BOTH, node.name, None, path=f"{pki}/etcd/server"),
        leaf(etcd, BOTH, node.name, None, path=f"{pki}/etcd/peer"),
        leaf(etcd, CLIENT, "kube-etcd-healthcheck-client", None, path=f"{pki}/etcd/healthcheck-client"),
        leaf(etcd, CLIENT, "kube-apiserver-etcd-client", None, path=f"{pki}/apiserver-etcd-client"),
        leaf(cluster, CLIENT, "kube-apiserver-kubelet-client", None, path=f"{pki}/apiserver-kubelet-client"),
        leaf(front_proxy, CLIENT, "front-proxy-client", None, path=f"{pki}/front-proxy-client"),
        *(
            leaf(cluster, CLIENT, who, group, kubeconfig=f"/etc/kubernetes/{file}.conf")
            for file, who, group in (
                ("admin", "kubernetes-admin", "kubeadm:cluster-admins"),
                ("super-admin", "kubernetes-super-admin", "system:masters"),
                ("controller-manager", "system:kube-controller-manager", None),
                ("scheduler", "system:kube-scheduler", None),
                ("kubelet", user, "system:nodes"),
            )
        ),
    ]
