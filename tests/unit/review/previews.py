"""Previews in a few words."""

import json
from collections.abc import Mapping

from operations.review.preview import read
from operations.review.report import Report, report

Inputs = Mapping[str, object]
CLUSTER, PLANE, MACHINE = "quorate:etcd:EtcdCluster", "quorate:index:ControlPlane", "quorate:local:Machine"
NODE, KEY = "quorate:hosts:Node", "tls:index/privateKey:PrivateKey"
INSTANCE, RULE = "aws:ec2/instance:Instance", "aws:ec2/securityGroupRule:SecurityGroupRule"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def step(
    op: str, type_: str, name: str, *states: Inputs, protect: bool = False, because: str = ""
) -> dict[str, object]:
    """One step. `states`: inputs before and after; only one where there is only one."""
    urn = f"urn:pulumi:prod::shop::{type_}::{name}"
    state = [{"type": type_, "urn": urn, "inputs": dict(inputs), "protect": protect} for inputs in states or ({},)]
    old = {} if op == "create" else {"oldState": state[0]}
    new = {} if op == "delete" else {"newState": state[-1]}
    return {"op": op, "urn": urn, **old, **new, "replaceReasons": [because] if because else []}


def members(*names: str) -> Inputs:
    """Inputs of an etcd cluster; the number in a name is the last part of the address."""
    listed = [
        {"name": n, "peerUrl": f"https://10.0.0.{n[-1]}:2380", "clientUrl": f"https://10.0.0.{n[-1]}:2379"}
        for n in names
    ]
    return {"members": listed}


def preview(*steps: dict[str, object], **more: object) -> str:
    """The CLI's JSON."""
    return json.dumps({"steps": list(steps), **more})


def review(*steps: dict[str, object], allowed: Mapping[str, str] | None = None, **more: object) -> Report:
    """Review these steps."""
    return report(read(preview(*steps, **more), source="preview"), allowed=allowed or {})


def guards(found: Report) -> list[str]:
    """The guards that block and are not overridden."""
    return [stop.guard for stop in found.stops if not stop.allowed]
