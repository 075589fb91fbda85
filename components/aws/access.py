"""Access for operators: the key that new instances accept, and an endpoint that tunnels SSH to their addresses."""

from collections.abc import Sequence

import pulumi
from pulumi_aws import ec2, ec2transitgateway

from components.aws.connection import Connection
from components.aws.tags import tags
from plan import Plan
from plan.aws import names as aws_names
from plan.aws.access import proxied, proxy_port


class Access(pulumi.ComponentResource):
    """`key_name` is for the instances. The inputs tell the operations how to reach a node."""

    def __init__(
        self,
        name: str,
        *,
        plan: Plan,
        connection: Connection,
        subnet: pulumi.Input[str],
        security_group: pulumi.Input[str] | None,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        access, ssh = aws_names.section(plan.settings).access, plan.settings.ssh
        facts = {
            "way": access.way,
            "region": aws_names.section(plan.settings).region,
            "user": ssh.user,
            "port": ssh.port,
            "privateKeyPath": ssh.private_key_path,
            "endpointId": access.endpoint_id,
            "proxyCommand": access.proxy_command,
            "connection": connection,
            "proxyPort": proxy_port(plan.settings) if proxied(plan.settings) else None,
        }
        super().__init__("quorate:aws:Access", name, facts, opts)
        below = pulumi.ResourceOptions(parent=self)
        pair = ec2.KeyPair(
            name,
            key_name=aws_names.key_pair(plan.settings),
            public_key=access.public_key or "",
            tags=tags(plan, "operators"),
            # Instances read it only at their first boot, and every clone has its own key, so the first key stays.
            opts=pulumi.ResourceOptions.merge(below, pulumi.ResourceOptions(ignore_changes=["publicKey"])),
        )
        self.key_name = pair.key_name
        if access.way == "instance-connect" and access.endpoint_id is None:
            ec2transitgateway.InstanceConnectEndpoint(
                name,
                subnet_id=subnet,
                security_group_ids=[security_group] if security_group is not None else None,
                # The instances allow the endpoint's group, so connections must come from its address, not the client's.
                preserve_client_ip=False,
                tags=tags(plan, "operators"),
                # AWS assigns any free address of the subnet, so the nodes take theirs first.
                opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
            )
        self.register_outputs(facts)
