"""The etcd cluster as resources, so that previews show the quorum and policies can judge it."""

import pulumi

from components.scope import scope
from plan import Member, Node, Plan


class EtcdMember(pulumi.ComponentResource):
    """One voting member. It lives on the node of the same name; the node's agent makes it join and leave."""

    def __init__(self, member: Member, node: Node, opts: pulumi.ResourceOptions) -> None:
        facts = member_facts(member, node)
        super().__init__("quorate:etcd:EtcdMember", member.name, facts, opts)
        self.register_outputs(facts)


class EtcdCluster(pulumi.ComponentResource):
    """The complete member list. All facts are known in every preview."""

    def __init__(self, name: str, *, plan: Plan, opts: pulumi.ResourceOptions | None = None) -> None:
        pairs = [(member, plan.node(member.name)) for member in plan.members]
        facts = {
            "members": [member_facts(member, node) for member, node in pairs],
            "version": plan.settings.etcd.version,
        }
        super().__init__("quorate:etcd:EtcdCluster", name, facts, opts)
        below = pulumi.ResourceOptions(parent=scope(self, plan, opts))
        self.members = [EtcdMember(member, node, below) for member, node in pairs]
        self.register_outputs(facts)


def member_facts(member: Member, node: Node) -> dict[str, str]:
    """The values of a member that are known before anything exists."""
    return {
        "name": member.name,
        "peerUrl": member.peer_url,
        "clientUrl": member.client_url,
        "failureDomain": node.failure_domain,
    }
