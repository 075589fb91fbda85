"""Checks the nodes before the first replacement of an instance."""

import hashlib
import json

import pulumi

from components.aws.connection import Connection
from components.aws.load_balancer import ApiLoadBalancer
from components.aws.machine import CONTACT
from components.aws.resources import Replacement
from documents.user_data import user_data
from plan import Node, Plan
from plan.aws import names as aws_names
from plan.network.endpoint import API_PORT
from plan.sizes import instance_type


def replacement_guard(
    name: str, *, plan: Plan, connection: Connection, balancer: ApiLoadBalancer, opts: pulumi.ResourceOptions
) -> pulumi.Resource:
    """The check as a resource. Every instance depends on it, so it is updated before any of them."""
    return Replacement(
        name,
        region=aws_names.section(plan.settings).region,
        target_group=balancer.group.arn,
        targets=[{"name": node.name, "address": str(node.address), "port": API_PORT} for node in plan.nodes],
        causes={node.name: _cause(plan, node) for node in plan.nodes},
        connection=connection,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[balancer.listener])),
    )


def _cause(plan: Plan, node: Node) -> str:
    """Digest of the inputs that replace or stop the node's instance: image, type, user data, placement."""
    machines = aws_names.section(plan.settings).machines
    given = [
        machines.image.id,
        instance_type(machines),
        user_data(plan, node, contact=CONTACT),
        str(node.address),
        node.failure_domain,
    ]
    return hashlib.sha256(json.dumps(given).encode()).hexdigest()
