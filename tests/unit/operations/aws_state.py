"""The resources of a stack on AWS as its state has them, as far as operations read them."""

from collections.abc import Mapping

from agent.model.json_reading import Json
from operations.aws.instances import hosts
from operations.environment import Environment

REGION, ENDPOINT = "eu-west-1", "eice-0123456789abcdef0"


def resources(
    nodes: Mapping[str, str],
    *,
    endpoint: str = "eice.example",
    keys: Mapping[str, str],
    access: Mapping[str, object] | None = None,
) -> tuple[Json, ...]:
    """`nodes`: address by name; `keys`: host key by name, as the nodes report them."""
    plane = {
        "cluster": "dev",
        "kind": "aws",
        "endpoint": {"name": "api.dev.example.internal", "port": 6443, "address": None},
        "nodes": [{"name": name, "address": address} for name, address in nodes.items()],
    }
    way = {
        "way": "instance-connect",
        "region": REGION,
        "user": "admin",
        "port": 22,
        "privateKeyPath": "keys/one",
        "connection": {"profile": "production"} if endpoint == "eice.example" else {},
        "proxyPort": 23456,
        **(access or {}),
    }
    found: list[dict[str, object]] = [
        {"type": "quorate:index:ControlPlane", "inputs": plane},
        {"type": "quorate:aws:Access", "inputs": way},
        {
            "type": "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint",
            "id": ENDPOINT,
            "outputs": {"dnsName": endpoint},
        },
        {
            "type": "quorate:aws:Convergence",
            "inputs": {"authority": "PEM"},
            "outputs": {"nodes": [{"name": n, "instance": f"i-{n}", "hostKey": key} for n, key in keys.items()]},
        },
    ]
    name = "urn:pulumi:dev::quorate::x::{}"
    found += [{"type": "aws:ec2/instance:Instance", "urn": name.format(one), "id": f"i-{one}"} for one in nodes]
    return tuple(Json({"urn": "urn:pulumi:dev::quorate::x::any", **one}, "state") for one in found)


def environment(state: tuple[Json, ...]) -> Environment:
    """The environment `dev` with the nodes of a state that begins with its control plane, as in `resources`."""
    return Environment(
        stack="dev",
        cluster="dev",
        endpoint_name="api.dev.example.internal",
        endpoint_port=6443,
        endpoint_address=None,
        authority="",
        hosts=hosts(state[0]["inputs"], state),
    )
