"""A good environment on AWS, and what is said when one thing in it changes."""

from collections.abc import Mapping

from plan import Plan, Refusal, Refused, make
from plan.loading.configuration import read
from plan.loading.presets import merged

ACCOUNT, REGION = "123456789012", "eu-west-1"
SITE: dict[str, object] = {
    "preset": "prod",
    "kind": "aws",
    "cluster": "north",
    "aws": {"account": ACCOUNT, "region": REGION, "dns": {"domain": "example.internal"}},
}
SUBNETS = [{"zone": f"{REGION}{z}", "cidr": f"10.20.{i}.0/28", "id": f"subnet-0{i}"} for i, z in enumerate("abc")]


def plan(changes: Mapping[str, object] | None = None) -> Plan:
    return make(read(merged(SITE, changes or {})))


def at(path: str, value: object) -> dict[str, object]:
    """A change at a path such as `aws.network.cidr`."""
    *sections, key = path.split(".")
    change: dict[str, object] = {key: value}
    for section in reversed(sections):
        change = {section: change}
    return change


def refusals(changes: Mapping[str, object]) -> tuple[Refusal, ...]:
    try:
        plan(changes)
    except Refused as refused:
        return refused.refusals
    return ()


def refusal(changes: Mapping[str, object]) -> Refusal:
    """One mistake makes one problem."""
    found = refusals(changes)
    assert len(found) == 1, [str(one) for one in found]
    return found[0]
