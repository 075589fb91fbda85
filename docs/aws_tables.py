"""Sizes and costs of AWS environments, from the plan's own tables."""

from plan import Plan
from plan.aws.names import section
from plan.settings.aws_machines import EtcdVolume
from plan.sizes import SIZES, etcd_volume, instance_type
from workbench.markdown import table

# Dollars, on demand, us-east-1, June 2026. See AWS's calculator for current prices, other regions and discounts.
HOUR = {
    "m7i.large": 0.1008,
    "m7i.xlarge": 0.2016,
    "m7i.2xlarge": 0.4032,
    "m7i.4xlarge": 0.8064,
    "m7g.large": 0.0816,
    "m7g.xlarge": 0.1632,
    "m7g.2xlarge": 0.3264,
    "m7g.4xlarge": 0.6528,
}
HOURS = 730  # hours in a month, as AWS counts them
BALANCER, NAT, ENDPOINT, PUBLIC_ADDRESS = 0.0225, 0.045, 0.01, 0.005  # an hour
# dollars a month for gp3: per GiB, per IOPS above 3,000, per MiB/s above 125
GIBIBYTE, IOPS, THROUGHPUT = 0.08, 0.005, 0.04
KEY, SECRET, ZONE, ALARM = 1.0, 0.4, 0.5, 0.1  # a month
FREE_IOPS, FREE_THROUGHPUT = 3_000, 125
INTERFACES = 8  # endpoints of services, each in every zone: components/aws/egress.py


def sizes() -> str:
    """Render the table of sizes."""
    rows = (
        (
            f"`{name}`",
            str(size.nodes),
            f"{size.processors} / {size.memory} GiB",
            " or ".join(size.instance_types.values()),
            f"{size.volume.type}, {size.volume.gibibytes} GiB, {size.volume.iops} IOPS, {size.volume.throughput} MiB/s",
            f"${_node(size.instance_types['amd64'], size.volume):.0f}",
        )
        for name, size in SIZES.items()
    )
    head = ("size", "up to nodes", "processors / memory", "instance types", "etcd volume", "one node per month")
    return table(head, rows)


def costs(*plans: Plan) -> str:
    """Render the monthly cost of each environment, without traffic."""
    found = [_parts(plan) for plan in plans]
    names = list(dict.fromkeys(name for parts in found for name in parts))
    rows = [(name, *(f"${parts.get(name, 0):.0f}" for parts in found)) for name in names]
    rows.insert(0, ("nodes", *(str(len(plan.nodes)) for plan in plans)))
    rows.append(("**together**", *(f"**${sum(parts.values()):.0f}**" for parts in found)))
    return table(("a month", *(f"`{plan.settings.preset}`" for plan in plans)), rows)


def _node(kind: str, volume: EtcdVolume) -> float:
    extra = IOPS * max(0, volume.iops - FREE_IOPS) + THROUGHPUT * max(0, (volume.throughput or 0) - FREE_THROUGHPUT)
    return HOUR[kind] * HOURS + GIBIBYTE * volume.gibibytes + extra


def _parts(plan: Plan) -> dict[str, float]:
    aws, count = section(plan.settings), len(plan.nodes)
    zones = len({node.failure_domain for node in plan.nodes})
    gateways = {"nat": 1, "nat-per-zone": zones, "endpoints": 0}[aws.network.egress]
    machines = aws.machines
    alarms = 1 + 3 * count
    return {
        "instances and etcd volumes": count * _node(instance_type(machines), etcd_volume(machines)),
        "root volumes": count * GIBIBYTE * machines.root_gibibytes,
        "load balancer, idle": BALANCER * HOURS,
        "NAT gateways": gateways * (NAT + PUBLIC_ADDRESS) * HOURS,
        "endpoints in the VPC": (INTERFACES * zones * ENDPOINT * HOURS) if aws.network.egress == "endpoints" else 0,
        "key, secrets, zone, alarms": KEY + count * SECRET + ZONE + alarms * ALARM,
    }
