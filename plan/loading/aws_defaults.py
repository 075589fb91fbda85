"""Derived from the AWS section: nodes, network, endpoint, time source, add-ons. Given settings override them."""

from collections.abc import Mapping

from pydantic import ValidationError

from plan.aws.subnets import TIME_SERVER, placed, private_subnets
from plan.loading.json_text import as_json
from plan.network.endpoint import API_PORT
from plan.settings.aws import Aws
from plan.settings.syntax import is_dns_name, is_label

DERIVED = ("nodes", "network", "network.hosts", "endpoint", "endpoint.name")  # never filled in by the user
USUAL_MEMBERS = 3
MOST_MEMBERS, LONGEST_NUMBER = 7, 1  # a larger number is refused, so no nodes are placed for it


def derived(whole: Mapping[str, object]) -> dict[str, object]:
    """Returns settings in the form that users write.

    An unreadable section yields nothing; the error is reported elsewhere.
    """
    try:
        aws = Aws.model_validate_json(as_json(whole.get("aws")), strict=True, by_alias=True, by_name=False)
    except ValidationError:
        return {}
    found: dict[str, object] = {"network": {"hosts": str(aws.network.cidr), "timeServers": [TIME_SERVER]}}
    if aws.network.vpc_id is None and whole.get("preset") != "prod":
        # Elsewhere the pod network is the user's choice: `routed` needs route tables of the program's own, and enforces
        # no NetworkPolicy, which production must have (policy P93).
        found["addons"] = {"enabled": True}
    cluster = whole.get("cluster")
    if is_dns_name(aws.dns.domain) and isinstance(cluster, str) and is_label(cluster):
        found["endpoint"] = {"name": f"api.{cluster}.{aws.dns.domain}", "port": API_PORT}
    try:
        private_subnets(aws)
        nodes = placed(aws, _members(whole.get("members")))
    except ValueError:
        return found
    listed = [{"name": n.name, "address": str(n.address), "failureDomain": n.failure_domain} for n in nodes]
    return {**found, "nodes": listed}


def _members(given: object) -> int:
    """The number in `members`, or the usual one if that cannot be read."""
    text = str(given)
    plain = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER and not isinstance(given, bool)
    return int(text) if plain and int(text) <= MOST_MEMBERS else USUAL_MEMBERS
