"""Which hosts balance: the control-plane nodes themselves, or dedicated hosts (requirements INF-13)."""

from typing import Literal

from plan import Node, Plan

Role = Literal["control-plane", "worker", "balancer"]


def role(plan: Plan, node: Node) -> Role:
    """The role of a host, determined by its name."""
    if node.name in {n.name for n in plan.nodes}:
        return "control-plane"
    return "worker" if node.name in {n.name for n in plan.workers} else "balancer"


def dedicated_hosts(plan: Plan) -> tuple[Node, ...]:
    """Hosts that only run a balancer, in the order of the settings; empty when the nodes balance themselves."""
    wanted = set(plan.settings.endpoint.dedicated_hosts)
    return tuple(
        Node(name=host.name, address=host.address, failure_domain=host.failure_domain, index=index)
        for index, host in enumerate(host for host in plan.settings.balancers if host.name in wanted)
    )


def balancing_hosts(plan: Plan) -> tuple[Node, ...]:
    """Hosts that run the balancer and may own the virtual IP."""
    if plan.settings.endpoint.virtual_ip is None:
        return ()
    return dedicated_hosts(plan) or plan.nodes


def balances(plan: Plan, node: Node) -> bool:
    """Whether this host runs the balancer."""
    return node.name in {host.name for host in balancing_hosts(plan)}


def called_back_as(plan: Plan, host: Node) -> str:
    """The TLS server name by which a balancing host asks a peer to connect to it like a client.

    A host cannot see a firewall in front of its own port: its own packets do not pass it. A peer's balancer sends
    a connection with this name to the host instead of an API server, on the port that clients use. The name stays when
    the endpoint gets another one: hosts change their configuration one after the other.
    """
    return f"{host.name}.reach.{plan.settings.cluster}"
