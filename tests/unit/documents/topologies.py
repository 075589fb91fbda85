"""Plans that the tests of documents render, made from hand-written settings."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Literal

from plan.authorities import AUTHORITIES
from plan.certificates import CLIENT, SERVER, Certificate, Subject
from plan.cluster import Plan
from plan.endpoint import Endpoint
from plan.members import members
from plan.nodes import Node
from plan.settings import Artifacts, EndpointSettings, HostNode, LocalMachines, Network, Settings, Ssh, VirtualIp


def local(
    *,
    balancer: Literal["haproxy", "nginx"] = "haproxy",
    machines: bool = True,
    source: Literal["store", "packages"] = "store",
    dedicated: bool = False,
    ipv6: bool = False,
    algorithm: Literal["ECDSA-P256", "RSA-3072"] = "ECDSA-P256",
    node_count: int = 3,
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
        local_machines=LocalMachines() if machines else None,
    )
    settings = settings.model_copy(
        update={"certificates": settings.certificates.model_copy(update={"algorithm": algorithm})}
    )
    return _plan(settings)


def _plan(settings: Settings) -> Plan:
    nodes = tuple(
        Node(name=h.name, address=h.address, failure_domain=h.failure_domain, index=i)
        for i, h in enumerate(settings.nodes)
    )
    virtual_ip = settings.endpoint.virtual_ip
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
        certificates=tuple(c for node in nodes for c in _certificates(node)),
        ports=(),
        service_ips=tuple(network[1] for network in settings.network.services),
        dns_ips=tuple(network[10] for network in settings.network.services),
    )


def _certificates(node: Node) -> list[Certificate]:
    cluster, etcd, front_proxy = AUTHORITIES
    pki = "/etc/kubernetes/pki"
    servers = [
        ("apiserver", cluster, f"{pki}/apiserver"),
        ("kubelet-serving", cluster, "/var/lib/kubelet/pki/serving"),
        ("etcd-server", etcd, f"{pki}/etcd/server"),
        ("etcd-peer", etcd, f"{pki}/etcd/peer"),
    ]
    clients = [
        ("apiserver-kubelet-client", cluster, f"{pki}/apiserver-kubelet-client"),
        ("apiserver-etcd-client", etcd, f"{pki}/apiserver-etcd-client"),
        ("front-proxy-client", front_proxy, f"{pki}/front-proxy-client"),
        ("etcd-healthcheck-client", etcd, f"{pki}/etcd/healthcheck-client"),
    ]
    conf = ("admin", "super-admin", "controller-manager", "scheduler", "kubelet")
    lives = {"lifetime_hours": 8760, "early_renewal_hours": 720}
    return [
        *(
            Certificate(name=n, node=node.name, issuer=a, subject=Subject(common_name=n), usages=u, path=p, **lives)
            for u, group in ((SERVER, servers), (CLIENT, clients))
            for n, a, p in group
        ),
        *(
            Certificate(
                name=n,
                node=node.name,
                issuer=cluster,
                subject=Subject(common_name=n),
                usages=CLIENT,
                kubeconfig=f"/etc/kubernetes/{n}.conf",
                **lives,
            )
            for n in conf
        ),
    ]
