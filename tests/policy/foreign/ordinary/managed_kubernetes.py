"""EKS with node groups: AWS runs the control plane."""

import json

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from tests.policy.foreign.case import Alone


def role(name: str, service: str, policies: list[str]) -> aws.iam.Role:
    """A role of EKS or of its machines."""
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    made = aws.iam.Role(name, assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    for policy in policies:
        aws.iam.RolePolicyAttachment(f"{name}-{policy}", role=made.name, policy_arn=f"arn:aws:iam::aws:policy/{policy}")
    return made


def program() -> None:
    """One cluster with a public endpoint, machines of two kinds, and an add-on by Helm."""
    subnets = aws.ec2.get_subnets(filters=[{"name": "tag:tier", "values": ["private"]}]).ids
    cluster = aws.eks.Cluster(
        "apps",
        version="1.36",
        role_arn=role("apps-control-plane", "eks.amazonaws.com", ["AmazonEKSClusterPolicy"]).arn,
        vpc_config=aws.eks.ClusterVpcConfigArgs(
            subnet_ids=subnets, endpoint_public_access=True, public_access_cidrs=["0.0.0.0/0"]
        ),
    )
    # Two hops: pods reach the metadata service through the node's bridge.
    template = aws.ec2.LaunchTemplate(
        "apps-nodes",
        metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
            http_tokens="optional", http_put_response_hop_limit=2
        ),
        block_device_mappings=[
            aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
                device_name="/dev/xvda", ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(volume_size=80)
            )
        ],
        user_data=cluster.endpoint.apply(lambda endpoint: f"[settings.kubernetes]\napi-server = '{endpoint}'\n"),
    )
    policies = ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly"]
    machines = role("apps-nodes", "ec2.amazonaws.com", policies)
    for kind, size in (("general", 3), ("spot", 2)):
        aws.eks.NodeGroup(
            kind,
            cluster_name=cluster.name,
            node_role_arn=machines.arn,
            subnet_ids=subnets,
            capacity_type="SPOT" if kind == "spot" else "ON_DEMAND",
            scaling_config=aws.eks.NodeGroupScalingConfigArgs(min_size=1, desired_size=size, max_size=10),
            launch_template=aws.eks.NodeGroupLaunchTemplateArgs(id=template.id, version="$Latest"),
        )
    for name in ("vpc-cni", "coredns", "kube-proxy"):
        aws.eks.Addon(name, cluster_name=cluster.name, addon_name=name)
    access = cluster.endpoint.apply(
        lambda url: json.dumps({"clusters": [{"name": "apps", "cluster": {"server": url}}]})
    )
    provider = kubernetes.Provider("apps", kubeconfig=access)
    kubernetes.helm.v3.Release(
        "load-balancer-controller",
        chart="aws-load-balancer-controller",
        namespace="kube-system",
        version="1.14.1",
        repository_opts=kubernetes.helm.v3.RepositoryOptsArgs(repo="https://aws.github.io/eks-charts"),
        values={"clusterName": cluster.name, "replicaCount": 1},
        opts=pulumi.ResourceOptions(provider=provider),
    )


ALONE = Alone(
    name="managed-kubernetes", program=program, idea="AWS runs this control plane; nodes use two hops on purpose"
)
