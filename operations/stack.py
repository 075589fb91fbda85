"""One environment as its stack knows it: which hosts, how to reach them, where the API answers."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from agent.model.json_reading import Json, Malformed, parse

CLUSTER = "quorate:hosts:Cluster"
MACHINE = "quorate:local:Machine"
INSTANCE = "aws:ec2/instance:Instance"
PROJECT = Path(__file__).resolve().parent.parent


class OperationFailed(Exception):
    """An operation that ended without doing what was asked; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """One control-plane machine. `host_key` is the pinned `ssh-ed25519 AAAA...`; `key_path` is absolute; `urns` are the
    resources that an update of this node alone is limited to; `fleet`: of machines on this computer, else None."""

    name: str
    address: str
    port: int
    user: str
    key_path: Path
    host_key: str
    urns: tuple[str, ...] = ()
    fleet: str | None = None


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What the stack's state says. `endpoint_address` is None where only a name is stable.

    `authority` is the PEM of what signs the API servers' certificates, empty before the cluster has ever served.
    """

    stack: str
    cluster: str
    endpoint_name: str
    endpoint_port: int
    endpoint_address: str | None
    authority: str
    hosts: tuple[Host, ...]

    def host(self, name: str) -> Host:
        """The host of that name. Raises `OperationFailed` with those that there are."""
        found = next((host for host in self.hosts if host.name == name), None)
        if found is None:
            names = ", ".join(host.name for host in self.hosts)
            raise OperationFailed(f"stack {self.stack!r} has no node {name!r}; it has {names}")
        return found

    @property
    def kubeconfig(self) -> Path:
        """Where this environment's kubeconfig is kept, mode 0600."""
        return PROJECT / ".quorate" / "kubeconfig" / f"{self.stack}.yaml"


def pulumi(*arguments: str) -> None:
    """Run the CLI in the project, on this terminal. Raises `OperationFailed` with its exit status.

    An interrupt reaches the CLI as well: it lets what it has begun end, and writes its state. It gets the time for that
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
        raise OperationFailed(
            f"`pulumi {arguments[0]}` ended with status {running.returncode}; its output above says why"
        )


def environment(stack: str) -> Environment:
    """Read a stack's state. Raises `OperationFailed` when nothing of it is up.

    The state rather than the outputs: after an update that failed half-way the CLI keeps no outputs, and that is when
    `status` is needed most.
    """
    command = ["pulumi", "stack", "export", "--stack", stack]
    done = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise OperationFailed(f"stack {stack!r} cannot be read: {done.stderr.strip()}")
    try:
        resources = parse(done.stdout, at=f"state of {stack}")["deployment"]["resources"].items()
        found = _found(stack, resources)
    except Malformed as error:
        raise OperationFailed(f"stack {stack!r} has a state of another version of this project: {error}") from None
    if found is None and any(r["type"].text().startswith("aws:ec2/") for r in resources):
        raise OperationFailed(
            f"stack {stack!r} is on AWS, and this operation reaches hosts by SSH, which its instances do not have; "
            f"docs/aws.md says what is done instead. {_instances(resources)}"
        )
    if found is None:
        raise OperationFailed(f"stack {stack!r} has no hosts; run `make up STACK={stack}` first")
    return found


def _instances(resources: tuple[Json, ...]) -> str:
    there = [r for r in resources if r["type"].text() == INSTANCE and not r["delete"].flag()]
    named = [f"{r['urn'].text().rsplit('::', 1)[-1]} is {r['id'].text()}" for r in there]
    return f"For Session Manager: {', '.join(named)}" if named else "No instance is there"


def _found(stack: str, resources: tuple[Json, ...]) -> Environment | None:
    facts = next((r["inputs"] for r in resources if r["type"].text() == "quorate:index:ControlPlane"), None)
    nodes = [r for r in resources if r["type"].text() == "quorate:hosts:Node"]
    if facts is None or not nodes:
        return None
    members = [node["name"].text() for node in facts["nodes"].items()]
    planned = [node for node in nodes if node["inputs"]["name"].text() in members]
    endpoint = facts["endpoint"]
    return Environment(
        stack=stack,
        cluster=facts["cluster"].text(),
        endpoint_name=endpoint["name"].text(),
        endpoint_port=endpoint["port"].number(),
        endpoint_address=endpoint["address"].text("") or None,
        authority=next((c["inputs"]["authority"].text("") for c in resources if c["type"].text() == CLUSTER), ""),
        # The state has them in the order in which they were done.
        hosts=tuple(
            _host(node, resources) for node in sorted(planned, key=lambda n: members.index(n["inputs"]["name"].text()))
        ),
    )


def _host(node: Json, resources: tuple[Json, ...]) -> Host:
    name = node["inputs"]["name"].text()
    machines = [r for r in resources if r["type"].text() == MACHINE and r["inputs"]["name"].text() == name]
    # It keeps how every node is reached, for the day when all of it goes.
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
