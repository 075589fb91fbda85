"""The endpoint on the operator's hosts: a Keepalived address in front of a balancer."""

import pulumi

from plan import Plan


class VirtualIp(pulumi.ComponentResource):
    """One address that moves between the nodes; Keepalived and the balancer run on them, or on dedicated hosts."""

    def __init__(self, name: str, *, plan: Plan, opts: pulumi.ResourceOptions | None = None) -> None:
        endpoint = plan.settings.endpoint
        if endpoint.virtual_ip is None:
            raise ValueError("a virtual IP needs endpoint.virtualIp in the settings")
        facts = {
            "name": endpoint.name,
            "address": str(endpoint.virtual_ip.address),
            "port": endpoint.port,
            "interface": endpoint.virtual_ip.interface,
            "routerId": endpoint.virtual_ip.router_id,
            "advertSeconds": endpoint.virtual_ip.advert_seconds,
            "balancer": endpoint.balancer,
            "nodes": [str(node.address) for node in plan.nodes],
        }
        super().__init__("quorate:hosts:VirtualIp", name, facts, opts)
        self.register_outputs(facts)
