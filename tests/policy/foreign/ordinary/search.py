"""OpenSearch with dedicated masters: machines called master that are members of another quorum."""

import pulumi_aws as aws

from tests.policy.foreign.case import Alone

MASTERS = {"master-0": "10.17.0.10", "master-1": "10.17.0.11"}


def script(name: str, *, data: bool) -> str:
    """User data of one machine."""
    seeds = ", ".join(MASTERS.values())
    roles = "[data, ingest]" if data else "[cluster_manager]"
    return f"""#!/bin/bash
sysctl -w vm.max_map_count=262144
rpm -i https://artifacts.opensearch.org/releases/bundle/opensearch/3.3.0/opensearch-3.3.0-linux-x64.rpm
cat > /etc/opensearch/opensearch.yml <<'EOF'
cluster.name: logs
node.name: {name}
node.roles: {roles}
network.host: 0.0.0.0
discovery.seed_hosts: [{seeds}]
cluster.initial_cluster_manager_nodes: [{", ".join(MASTERS)}]
plugins.security.disabled: true
EOF
systemctl enable --now opensearch
"""


def program() -> None:
    """Two masters and an auto-scaling group of machines with data."""
    for name, address in MASTERS.items():
        aws.ec2.Instance(
            name,
            ami="ami-0f00ba4e57a71e000",
            instance_type="m6i.large",
            availability_zone="eu-west-1b",
            private_ip=address,
            user_data=script(name, data=False),
            tags={"Name": name, "role": "control-plane", "cluster": "logs"},
        )
    configuration = aws.ec2.LaunchConfiguration(
        "data", image_id="ami-0f00ba4e57a71e000", instance_type="i4i.xlarge", user_data=script("data", data=True)
    )
    aws.autoscaling.Group(
        "data", launch_configuration=configuration.name, min_size=2, max_size=8, availability_zones=["eu-west-1b"]
    )


ALONE = Alone(
    name="search", program=program, idea="two machines called master, tagged control-plane, that run OpenSearch"
)
