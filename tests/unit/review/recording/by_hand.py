"""Changes of an AWS environment, written by hand in the form of `pulumi preview --json`.

NOT recorded: the CLI needs an account, or the emulated cloud, for a state to start from. Shapes are those of the
recorded previews, types and properties those of components/aws and of pulumi-aws 7.
"""

from collections.abc import Mapping

Json = dict[str, object]
NODES = {
    "cp1": ("10.20.0.10", "eu-central-1a"),
    "cp2": ("10.20.1.10", "eu-central-1b"),
    "cp3": ("10.20.2.10", "eu-central-1c"),
}
ENVIRONMENT = "quorate:index:ControlPlane$quorate:aws:Environment$"
INSTANCE, VOLUME = "aws:ec2/instance:Instance", "aws:ebs/volume:Volume"
ATTACHMENT, HEALTH = "aws:ec2/volumeAttachment:VolumeAttachment", "quorate:aws:TargetHealth"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def instance_size() -> Json:
    """m7i.large becomes m7i.xlarge with the instance replaced, as when the new type needs another architecture."""
    steps = [
        _same("quorate:index:ControlPlane", "prod", _control_plane()),
        _same(_etcd(""), "prod", {"members": _members()}),
    ]
    links: list[str] = []
    for name in NODES:
        steps.append(
            _same(f"{ENVIRONMENT}{VOLUME}", name, {"availabilityZone": NODES[name][1], "size": 20}, protect=True)
        )
        steps.append(
            _replaced(
                f"{ENVIRONMENT}{INSTANCE}", name, _instance(name, "m7i.large"), _instance(name, "m7g.xlarge"), links
            )
        )
        instance = steps[-1]["urn"]
        before: Json = {"deviceName": "/dev/sdf", "instanceId": f"i-{name}", "volumeId": f"vol-{name}"}
        after: Json = {**before, "instanceId": UNKNOWN}
        steps.append(_replaced(f"{ENVIRONMENT}{ATTACHMENT}", name, before, after, [str(instance)]))
        attachment = steps[-1]["urn"]
        steps.append(
            _updated(
                f"{ENVIRONMENT}{HEALTH}",
                name,
                {"instances": [f"i-{name}"]},
                {"instances": [UNKNOWN]},
                [str(attachment)],
            )
        )
        links = [str(instance), str(attachment), str(steps[-1]["urn"])]
    return {
        "byHand": __doc__.split("\n\n")[1],
        "config": {},
        "steps": steps,
        "changeSummary": {"replace": 6, "same": 5, "update": 3},
    }


def _members() -> list[Json]:
    return [
        {
            "name": name,
            "peerUrl": f"https://{address}:2380",
            "clientUrl": f"https://{address}:2379",
            "failureDomain": zone,
        }
        for name, (address, zone) in NODES.items()
    ]


def _control_plane() -> Json:
    nodes = [{"name": name, "address": address, "failureDomain": zone} for name, (address, zone) in NODES.items()]
    endpoint = {"name": "api.prod.example.com", "port": 6443, "address": None}
    return {"cluster": "prod", "kind": "aws", "environment": "prod", "endpoint": endpoint, "nodes": nodes}


def _instance(name: str, size: str) -> Json:
    image = "ami-of-x86" if size.startswith("m7i") else "ami-of-arm"
    return {"ami": image, "instanceType": size, "tags": {"Name": f"prod-{name}", "quorate:node": name}}


def _etcd(below: str) -> str:
    return f"quorate:index:ControlPlane$quorate:etcd:EtcdCluster{below}"


def _state(
    types: str, name: str, inputs: Mapping[str, object], *, protect: bool = False, depends: list[str] | None = None
) -> Json:
    type_ = types.rsplit("$", 1)[-1]
    state = {
        "type": type_,
        "urn": _urn(types, name),
        "custom": not type_.startswith("quorate:i"),
        "inputs": dict(inputs),
    }
    return {**state, "protect": protect, **({"dependencies": depends} if depends else {})}


def _urn(types: str, name: str) -> str:
    return f"urn:pulumi:prod::quorate::{types}::{name}"


def _same(types: str, name: str, inputs: Mapping[str, object], *, protect: bool = False) -> Json:
    return {"op": "same", "urn": _urn(types, name), "newState": _state(types, name, inputs, protect=protect)}


def _updated(types: str, name: str, before: Json, after: Json, depends: list[str]) -> Json:
    changed = sorted(key for key in after if before.get(key) != after[key])
    return {
        "op": "update",
        "urn": _urn(types, name),
        "oldState": _state(types, name, before, depends=depends),
        "newState": _state(types, name, after, depends=depends),
        "diffReasons": changed,
        "detailedDiff": {key: {"kind": "update", "inputDiff": True} for key in changed},
    }


def _replaced(types: str, name: str, before: Json, after: Json, depends: list[str]) -> Json:
    step = _updated(types, name, before, after, depends)
    return {**step, "op": "replace", "replaceReasons": step["diffReasons"]}
