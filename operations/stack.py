"""Reads one environment from its stack: its hosts, how to reach them, and the address of the API."""

import subprocess
from pathlib import Path

from agent.model.json_reading import Json, Malformed, parse
from operations.aws import instances
from operations.environment import PROJECT, Environment, Host, NotUp, OperationFailed

CLUSTER = "quorate:hosts:Cluster"
AUTHORITY = (CLUSTER, instances.CONVERGENCE)  # each has the authority that signs the API servers' certificates
MACHINE = "quorate:local:Machine"


def pulumi(*arguments: str) -> None:
    """Run the CLI in the project, on this terminal. Raises `OperationFailed` with its exit status.

    An interrupt also reaches the CLI, which finishes running operations and writes its state. It gets time for that
    (`subprocess.run` would kill it after a quarter of a second); then `KeyboardInterrupt` is raised.
    """
    interrupted = False
    with subprocess.Popen(["pulumi", *arguments], cwd=PROJECT) as running:
        while running.poll() is None:
            try:
                running.wait()
            except KeyboardInterrupt:
                interrupted = True
    if interrupted:
        raise KeyboardInterrupt
    if running.returncode:
        raise OperationFailed(f"`pulumi {arguments[0]}` failed with status {running.returncode}; see its output above")


def environment(stack: str) -> Environment:
    """Read an environment from a stack's state. Raises `OperationFailed` if none of it exists.

    It reads the state, not the outputs: after a failed update the CLI keeps no outputs, and that is when `status` is
    needed most.
    """
    command = ["pulumi", "stack", "export", "--stack", stack]
    done = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise OperationFailed(f"stack {stack!r} cannot be read: {done.stderr.strip()}")
    try:
        resources = parse(done.stdout, at=f"state of {stack}")["deployment"]["resources"].items()
        found = _found(stack, resources)
    except Malformed as error:
        raise OperationFailed(f"stack {stack!r} has a state from another version of this project: {error}") from None
    if found is None:
        raise NotUp(f"stack {stack!r} has no hosts; run `make up STACK={stack}` first")
    return found


def _found(stack: str, resources: tuple[Json, ...]) -> Environment | None:
    facts = next((r["inputs"] for r in resources if r["type"].text() == "quorate:index:ControlPlane"), None)
    if facts is None:
        return None
    hosts = instances.hosts(facts, resources) if facts["kind"].text("") == "aws" else _hosts(facts, resources)
    if not hosts:
        return None
    endpoint = facts["endpoint"]
    return Environment(
        stack=stack,
        cluster=facts["cluster"].text(),
        endpoint_name=endpoint["name"].text(),
        endpoint_port=endpoint["port"].number(),
        endpoint_address=endpoint["address"].text("") or None,
        authority=next((c["inputs"]["authority"].text("") for c in resources if c["type"].text() in AUTHORITY), ""),
        hosts=hosts,
        proxy_port=instances.proxy_port(resources),
        tunnel=instances.tunnel(resources),
        backups=instances.backups(resources),
        public_name=instances.public_name(resources),
    )


def _hosts(facts: Json, resources: tuple[Json, ...]) -> tuple[Host, ...]:
    """Sort by the order of the settings; the state has the order of creation."""
    nodes = {r["inputs"]["name"].text(): r for r in resources if r["type"].text() == "quorate:hosts:Node"}
    planned = (node["name"].text() for node in facts["nodes"].items())
    return tuple(_host(nodes[name], resources) for name in planned if name in nodes)


def _host(node: Json, resources: tuple[Json, ...]) -> Host:
    name = node["inputs"]["name"].text()
    machines = [r for r in resources if r["type"].text() == MACHINE and r["inputs"]["name"].text() == name]
    # It records how to reach every node, for the destruction of the whole cluster.
    clusters = [r for r in resources if r["type"].text() == CLUSTER]
    connection = node["inputs"]["connection"]
    return Host(
        name=name,
        address=connection["address"].text(),
        port=connection["port"].number(),
        user=connection["user"].text(),
        key_path=PROJECT / Path(connection["privateKeyPath"].text()).expanduser(),
        host_key=node["outputs"]["hostKey"].text(),
        urns=tuple(one["urn"].text("") for one in (node, *machines, *clusters)),
        fleet=next((machine["inputs"]["fleet"].text() for machine in machines), None),
    )
