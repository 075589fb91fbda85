"""What follows from the AWS section: nodes, their network, the endpoint, the time source. What is given wins."""

from collections.abc import Mapping

from pydantic import ValidationError

from plan.aws.subnets import TIME_SERVER, placed, private_subnets
from plan.loading.json_text import as_json
from plan.network.endpoint import API_PORT
from plan.settings.aws import Aws
from plan.settings.syntax import is_dns_name

DERIVED = ("nodes", "network", "network.hosts", "endpoint", "endpoint.name")  # never the user's to complete
USUAL_MEMBERS = 3


def derived(whole: Mapping[str, object]) -> dict[str, object]:
    """Settings in the form that users write. What cannot be read yields nothing: it is reported where it stands."""
    try:
        aws = Aws.model_validate_json(as_json(whole.get("aws")), strict=True, by_alias=True, by_name=False)
    except ValidationError:
        return {}
    found: dict[str, object] = {"network": {"hosts": str(aws.network.cidr), "timeServers": [TIME_SERVER]}}
    if is_dns_name(aws.dns.domain):
        found["endpoint"] = {"name": f"api.{whole.get('cluster')}.{aws.dns.domain}", "port": API_PORT}
    try:
        private_subnets(aws)
        nodes = placed(aws, _members(whole.get("members")))
    except ValueError:
        return found
    listed = [{"name": n.name, "address": str(n.address), "failureDomain": n.failure_domain} for n in nodes]
    return {**found, "nodes": listed}


def _members(given: object) -> int:
    """As `members` says, and the usual number where it says nothing that can be read."""
    text = str(given)
    return int(text) if text.isdecimal() and not isinstance(given, bool) else USUAL_MEMBERS
