"""Maps names in Terraform to names in Pulumi; lists those that cannot be derived from the SDK or the schema."""

import re
from collections.abc import Collection, Mapping

# Tokens of resources and functions whose Terraform type neither aws_<module>_<name> nor aws_<name> finds.
TYPES = {
    "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint": "aws_ec2_instance_connect_endpoint",
    "aws:lb/getLoadBalancer:getLoadBalancer": "aws_lb",
    "aws:lb/loadBalancer:LoadBalancer": "aws_lb",
    "aws:s3/bucketObjectv2:BucketObjectv2": "aws_s3_object",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": "aws_s3_bucket_replication_configuration",
}

# Modules whose Terraform types carry no service prefix: aws:ec2/instance:Instance is aws_instance.
UNPREFIXED = frozenset({"alb", "ec2", "index", "lb"})

# Terraform's path of blocks and attribute, where the Pulumi name is neither camelCase nor its plural.
PROPERTIES = {
    ("aws_cloudwatch_metric_alarm", "alarm_name"): "name",
    ("aws_sns_topic_subscription", "topic_arn"): "topic",
}


def terraform_type(token: str, known: Collection[str]) -> str:
    """The Terraform type of a Pulumi token. Raises `LookupError`."""
    _, module, name = token.split(":")
    module, name = module.split("/")[0], snake(name).removeprefix("get_")
    squashed = {each.replace("_", ""): each for each in known}  # apigateway is api_gateway in Terraform
    candidates = [
        TYPES.get(token, ""),
        f"aws_{module}_{name}",
        squashed.get(f"aws{module}{name}".replace("_", ""), ""),
        f"aws_{name}" if module in UNPREFIXED else "",
    ]
    for candidate in candidates:
        if candidate in known:
            return candidate
    message = f"the Terraform AWS provider has no type for {token}"
    raise LookupError(message)


def property_name(path: str, name: str, known: Mapping[str, object]) -> str | None:
    """The SDK's name for the attribute or block at `path` of the type, or None."""
    usual = camel(name)
    plurals = (f"{usual}s", f"{usual}es", re.sub("y$", "ies", usual), re.sub("s$", "", usual))
    candidates = (PROPERTIES.get((path, name), usual), usual, *plurals)
    return next((each for each in candidates if each in known), None)


def snake(name: str) -> str:
    """Convert LoadBalancer to load_balancer."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def camel(name: str) -> str:
    """Convert cidr_block to cidrBlock."""
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)
