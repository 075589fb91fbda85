"""What there is in an emulated cloud, less what every account has from the beginning."""

from collections.abc import Callable, Iterator, Mapping

from botocore.client import BaseClient

from tests.engine.aws.clients import Aws

Listed = Iterator[str]


def inventory(aws: Aws) -> dict[str, set[str]]:
    """Names or identities by kind; kinds of which there is nothing are left out."""
    found = {kind: set(listed(aws)) for kind, listed in KINDS.items()}
    return {kind: names for kind, names in found.items() if names}


def _ec2(operation: str, key: str, name: str, *, filters: Mapping[str, str] | None = None) -> Callable[[Aws], Listed]:
    def listed(aws: Aws) -> Listed:
        given = [{"Name": each, "Values": [value]} for each, value in (filters or {}).items()]
        for found in getattr(aws.client("ec2"), operation)(**({"Filters": given} if given else {}))[key]:
            yield found[name]

    return listed


def _plain(service: str, operation: str, key: str, name: str) -> Callable[[Aws], Listed]:
    def listed(aws: Aws) -> Listed:
        for found in getattr(aws.client(service), operation)()[key]:
            yield found[name]

    return listed


def _instances(aws: Aws) -> Listed:
    for reservation in aws.client("ec2").describe_instances()["Reservations"]:
        for instance in reservation["Instances"]:
            if instance["State"]["Name"] != "terminated":
                yield instance["InstanceId"]


def _groups(aws: Aws) -> Listed:
    for group in aws.client("ec2").describe_security_groups()["SecurityGroups"]:
        if group["GroupName"] != "default":
            yield group["GroupName"]


def _keys(aws: Aws) -> Listed:
    kms = aws.client("kms")
    for key in kms.list_keys()["Keys"]:
        described = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        if described["KeyState"] == "Enabled" and described["KeyManager"] == "CUSTOMER":
            yield described["Description"]


def _endpoints(aws: Aws) -> Listed:
    for endpoint in aws.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]:
        if endpoint["State"] != "deleted":
            yield endpoint["VpcEndpointId"]


def _nat_gateways(aws: Aws) -> Listed:
    for gateway in aws.client("ec2").describe_nat_gateways()["NatGateways"]:
        if gateway["State"] != "deleted":
            yield gateway["NatGatewayId"]


def _volumes(aws: Aws) -> Listed:
    for volume in aws.client("ec2").describe_volumes()["Volumes"]:
        yield next((tag["Value"] for tag in volume.get("Tags", []) if tag["Key"] == "quorate:node"), volume["VolumeId"])


def _roles(aws: Aws) -> Listed:
    iam: BaseClient = aws.client("iam")
    for role in iam.list_roles()["Roles"]:
        yield role["RoleName"]


KINDS: Mapping[str, Callable[[Aws], Listed]] = {
    "VPC": _ec2("describe_vpcs", "Vpcs", "VpcId", filters={"is-default": "false"}),
    "interface": _ec2("describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    "address": _ec2("describe_addresses", "Addresses", "AllocationId"),
    "VPC endpoint": _endpoints,
    "NAT gateway": _nat_gateways,
    "instance": _instances,
    "volume": _volumes,
    "security group": _groups,
    "key": _keys,
    "role": _roles,
    "instance profile": _plain("iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName"),
    "balancer": _plain("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"),
    "target group": _plain("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupName"),
    "zone": _plain("route53", "list_hosted_zones", "HostedZones", "Name"),
    "secret": _plain("secretsmanager", "list_secrets", "SecretList", "Name"),
    "bucket": _plain("s3", "list_buckets", "Buckets", "Name"),
    "alarm": _plain("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "log group": _plain("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "topic": _plain("sns", "list_topics", "Topics", "TopicArn"),
}
