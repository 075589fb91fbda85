"""Two clusters in one stack, beside a bucket of your own that keeps their balancers' access logs."""

import pulumi
import pulumi_aws as aws

import quorate

config = pulumi.Config()
account, bucket = config.require("account"), config.require("logBucket")


def settings(cluster: str, network: str) -> quorate.ClusterArgs:
    """What the two clusters have in common."""
    return {
        "preset": "dev",
        "kind": "aws",
        "cluster": cluster,
        "aws": {
            "account": account,
            "region": "eu-west-1",
            "dns": {"domain": "example.internal"},
            "network": {"cidr": network},
            "access": {"publicKey": config.require("publicKey")},
            "loadBalancer": {"accessLogsBucket": bucket},
        },
        "addons": {"enabled": bool(config.get_bool("addOns"))},
    }


# The plan needs the bucket's name before the bucket exists, so the program chooses the name.
logs = aws.s3.Bucket("logs", bucket=bucket, tags={"owner": "platform"})

try:
    plans = {
        "berlin": quorate.plan(settings("berlin", "10.20.0.0/16")),
        "paris": quorate.plan(settings("paris", "10.21.0.0/16")),
    }
    clusters = {name: quorate.ControlPlane(name, plan=plan) for name, plan in plans.items()}
except quorate.Refused as refused:
    raise pulumi.RunError(str(refused)) from None

for name, cluster in clusters.items():
    pulumi.export(f"{name}-endpoint", cluster.facts["endpoint"])
pulumi.export("logs", logs.arn)
