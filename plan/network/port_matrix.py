"""The ports that a cluster needs open, by topology."""

from collections.abc import Mapping

from plan.members import CLIENT_PORT, METRICS_PORT, PEER_PORT
from plan.network.endpoint import API_PORT
from plan.network.ports import Port, Role
from plan.settings import HostNode, Settings

KUBELET_PORT = 10250
CONTROLLER_MANAGER_PORT = 10257
SCHEDULER_PORT = 10259
MONITOR_PORT = 8404  # where the balancer reports that it is running
NTP_PORT = 123

# Ports that a control-plane node uses itself, and their purpose. kube-proxy's are its defaults.
NODE_PORTS: Mapping[int, str] = {
    CLIENT_PORT: "etcd's client port",
    PEER_PORT: "etcd's peer port",
    METRICS_PORT: "etcd's metrics",
    10248: "the kubelet's health",
    KUBELET_PORT: "the kubelet",
    10249: "kube-proxy's metrics",
    10256: "kube-proxy's health",
    CONTROLLER_MANAGER_PORT: "the controller-manager",
    SCHEDULER_PORT: "the scheduler",
}


def ports(settings: Settings) -> tuple[Port, ...]:
    """Every opening, in this order: API, etcd, the node's own ports, balancing, operations."""
    if settings.kind == "aws":
        return _aws(settings)
    balancers: Role = "balancers" if settings.endpoint.dedicated_hosts else "nodes"
    front = settings.endpoint.port
    return (
        _tcp(API_PORT, balancers, "nodes", "balancers forward the API's connections and check /readyz"),
        _tcp(API_PORT, "pods", "nodes", "the Service `kubernetes` leads to every API server"),
        _tcp(API_PORT, "clients", "nodes", "operators check /readyz of each API server after a change"),
        _tcp(front, "clients", balancers, "the endpoint: kubectl, workers, automation"),
        _tcp(front, "nodes", balancers, "the endpoint: the nodes' own administration"),
        _tcp(CLIENT_PORT, "nodes", "nodes", "API servers and the agent talk to every etcd member"),
        _tcp(PEER_PORT, "nodes", "nodes", "etcd members replicate"),
        _tcp(METRICS_PORT, "self", "nodes", "etcd's health and metrics, without TLS and therefore on loopback"),
        _tcp(KUBELET_PORT, "nodes", "nodes", "API servers fetch logs and run exec"),
        _tcp(KUBELET_PORT, "pods", "nodes", "metrics-server reads every kubelet"),
        _tcp(CONTROLLER_MANAGER_PORT, "self", "nodes", "the kubelet probes the controller-manager"),
        _tcp(SCHEDULER_PORT, "self", "nodes", "the kubelet probes the scheduler"),
        _tcp(MONITOR_PORT, "self", balancers, "Keepalived checks whether the balancer is alive"),
        *_workers(settings, balancers),
        *_address(settings, balancers),
        *_ssh(settings),
        Port(number=NTP_PORT, protocol="udp", source="nodes", target="time-source", why="clocks agree"),
    )


def _workers(settings: Settings, balancers: Role) -> tuple[Port, ...]:
    """Openings for workers, which reach neither etcd nor the kubelets of the control plane."""
    if not settings.workers:
        return ()
    return (
        _tcp(settings.endpoint.port, "workers", balancers, "the endpoint: kubelets and kube-proxy"),
        _tcp(
            API_PORT,
            "workers",
            "nodes",
            "the Service `kubernetes` leads pods in the worker's own network to every API server",
        ),
        _tcp(KUBELET_PORT, "nodes", "workers", "API servers fetch logs and run exec"),
        _tcp(KUBELET_PORT, "pods", "workers", "metrics-server reads every kubelet"),
        Port(number=NTP_PORT, protocol="udp", source="workers", target="time-source", why="clocks agree"),
    )


def _aws(settings: Settings) -> tuple[Port, ...]:
    """The openings behind a cloud load balancer. Security groups do not apply to loopback and Amazon's time source."""
    front = settings.endpoint.port
    openings = settings.aws.network.openings if settings.aws else ()
    through: Role = "tunnel" if settings.aws and settings.aws.access.way == "instance-connect" else "operators"
    return (
        _tcp(front, "clients", "balancers", "the endpoint: kubectl, workers, automation"),
        _tcp(front, "nodes", "balancers", "the endpoint: the nodes' own administration"),
        _tcp(API_PORT, "balancers", "nodes", "the load balancer forwards the API's connections and checks /readyz"),
        _tcp(API_PORT, "nodes", "nodes", "the Service `kubernetes` leads to every API server"),
        _tcp(API_PORT, "pods", "nodes", "the Service `kubernetes` leads workers and pods to every API server"),
        _tcp(CLIENT_PORT, "nodes", "nodes", "API servers and the agent talk to every etcd member"),
        _tcp(PEER_PORT, "nodes", "nodes", "etcd members replicate"),
        _tcp(KUBELET_PORT, "nodes", "nodes", "API servers fetch logs and run exec"),
        _tcp(KUBELET_PORT, "pods", "nodes", "metrics-server reads every kubelet"),
        _tcp(settings.ssh.port, through, "nodes", "operators reach the instances by SSH"),
        *(Port(number=o.port, protocol=o.protocol, source="nodes", target="nodes", why=o.why) for o in openings),
        *(Port(number=o.port, protocol=o.protocol, source="pods", target="nodes", why=o.why) for o in openings),
    )


def _address(settings: Settings, balancers: Role) -> tuple[Port, ...]:
    if settings.endpoint.virtual_ip is None:
        return ()
    why = "Keepalived agrees on the owner of the virtual IP (IP protocol 112)"
    return (Port(number=None, protocol="vrrp", source=balancers, target=balancers, why=why),)


def _ssh(settings: Settings) -> tuple[Port, ...]:
    why = "operators and the program itself reach the hosts"
    groups: tuple[tuple[Role, tuple[HostNode, ...]], ...] = (
        ("nodes", settings.nodes),
        ("workers", settings.workers),
        ("balancers", settings.balancers),
    )
    return tuple(
        _tcp(number, "clients", role, why)
        for role, hosts in groups
        for number in sorted({host.ssh_port or settings.ssh.port for host in hosts})
    )


def _tcp(number: int, source: Role, target: Role, why: str) -> Port:
    return Port(number=number, protocol="tcp", source=source, target=target, why=why)
