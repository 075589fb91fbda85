"""Reads the nodes of an environment on AWS from the stack's state: its instances and how to reach them."""

import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from agent.model.json_reading import Json
from operations.aws.session import Account
from operations.environment import PACKAGE, PROJECT, SOURCES, Host, Instance
from operations.tunnel.endpoint import Endpoint

ACCESS = "quorate:aws:Access"
BACKUPS = "quorate:aws:BackupStore"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
CONVERGENCE = "quorate:aws:Convergence"
HEALTH = "quorate:aws:TargetHealth"
INSTANCE = "aws:ec2/instance:Instance"
ATTACHMENT = "aws:ec2/volumeAttachment:VolumeAttachment"
ENDPOINT = "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint"


def hosts(plane: Json, resources: tuple[Json, ...]) -> tuple[Host, ...]:
    """The control-plane instances in the order of the settings; skips those that are missing in the state."""
    access = next((r["inputs"] for r in resources if r["type"].text() == ACCESS), None)
    if access is None:
        return ()
    instances = {_name(r): r for r in resources if r["type"].text() == INSTANCE and not r["delete"].flag()}
    keys = _reported_keys(resources)
    account = _account(access)
    command = _proxy_command(access, tunnel(resources))
    found = []
    for node in plane["nodes"].items():
        name = node["name"].text()
        if (resource := instances.get(name)) is None:
            continue
        id_ = resource["id"].text()
        found.append(
            Host(
                name=name,
                address=node["address"].text(),
                port=access["port"].number(),
                user=access["user"].text(),
                key_path=PROJECT / Path(access["privateKeyPath"].text()).expanduser(),
                host_key=keys.get(id_, ""),
                urns=tuple(_urns(name, resources)),
                proxy_command=command,
                instance=Instance(id=id_, account=account),
            )
        )
    return tuple(found)


def tunnel(resources: tuple[Json, ...]) -> Endpoint | None:
    """The Instance Connect Endpoint that leads to the nodes, the stack's own or a given one."""
    access = next((r["inputs"] for r in resources if r["type"].text() == ACCESS), None)
    if access is None or access["way"].text() != "instance-connect":
        return None
    if given := access["endpointId"].text(""):
        return Endpoint(id=given, account=_account(access))
    made = next((r for r in resources if r["type"].text() == ENDPOINT and not r["delete"].flag()), None)
    if made is None:
        return None
    return Endpoint(id=made["id"].text(), name=made["outputs"]["dnsName"].text(), account=_account(access))


def proxy_port(resources: tuple[Json, ...]) -> int | None:
    """The port of the proxy to the API; None if the API is reached directly."""
    access = next((r["inputs"] for r in resources if r["type"].text() == ACCESS), None)
    return access["proxyPort"].number(0) or None if access else None


def backups(resources: tuple[Json, ...]) -> str | None:
    """The bucket of the nodes' snapshots."""
    return next((r["inputs"]["bucket"].text() for r in resources if r["type"].text() == BACKUPS), None)


def public_name(resources: tuple[Json, ...]) -> str | None:
    """The name that AWS gives the public load balancer; None without one."""
    balancers = (r for r in resources if r["type"].text() == BALANCER and not r["delete"].flag())
    return next((b["outputs"]["dnsName"].text() for b in balancers if not b["inputs"]["internal"].flag()), None)


def _account(access: Json) -> Account:
    given = access["connection"]
    return Account(
        region=access["region"].text(), profile=given["profile"].text("") or None, role=given["role"].text("") or None
    )


def _proxy_command(access: Json, endpoint: Endpoint | None) -> str | None:
    if endpoint is None:
        return access["proxyCommand"].text("") or None
    words = ["env", f"PYTHONPATH={SOURCES}", sys.executable, "-m", f"{PACKAGE}.tunnel"]
    text = shlex.join([*words, *endpoint.words]).replace("%", "%%")
    return f"{text} %h %p"


def _reported_keys(resources: tuple[Json, ...]) -> Mapping[str, str]:
    """Host keys by instance, as the nodes' own agents report them."""
    found: dict[str, str] = {}
    for one in resources:
        if one["type"].text() == CONVERGENCE:
            found |= {node["instance"].text(): node["hostKey"].text("") for node in one["outputs"]["nodes"].items()}
    return found


def _urns(name: str, resources: tuple[Json, ...]) -> Iterator[str]:
    """The targets for an update of this node alone, the instance first, and what waits for all nodes last."""
    for type_ in (INSTANCE, ATTACHMENT, HEALTH):
        yield from (r["urn"].text() for r in resources if r["type"].text() == type_ and _name(r) == name)
    # Convergence also keeps the host key of the new instance.
    yield from (r["urn"].text() for r in resources if r["type"].text() == CONVERGENCE)
    yield from (r["urn"].text() for r in resources if r["type"].text() == HEALTH and r["inputs"]["initially"].flag())


def _name(resource: Json) -> str:
    return resource["urn"].text().rsplit("::", 1)[-1]
