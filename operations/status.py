"""Status of an environment: members, leader, API servers, owner of the address, days until certificates expire."""

import argparse
import json
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

from agent.system.archive import archive
from operations.command import Command
from operations.environment import Environment, Host, OperationFailed
from operations.remote import run
from operations.stack import environment

PAUSE_SECONDS = 2.0
# The agent is sent with the request, so the result never depends on what is installed on the host.
ASK = 'umask 077; f=$(mktemp) && cat > "$f" && python3 "$f" status; s=$?; rm -f "$f"; exit $s'


@dataclass(frozen=True, kw_only=True)
class NodeStatus:
    """One node. `problem` is empty if the node is healthy; `certificate_days`: until the first certificate expires;
    `reached`: an agent responded, with any result; `voter`: its member follows a leader and has a vote."""

    name: str
    address: str
    api: str
    etcd: str
    reached: bool
    voter: bool
    leads: bool
    etcd_version: str
    unused_bytes: int
    owns_address: bool
    certificate_days: int | None
    certificate: str
    problem: str


def gather(of: Environment) -> tuple[NodeStatus, ...]:
    """Request every node's status in parallel; a host that does not respond is a status, not an error."""
    with ThreadPoolExecutor(max_workers=len(of.hosts)) as pool:
        return tuple(pool.map(_ask, of.hosts))


def node_problems(nodes: Iterable[NodeStatus]) -> list[str]:
    """Problems of the nodes, each with the node's name."""
    return [f"{node.name}: {node.problem}" for node in nodes if node.problem]


def problems(of: Environment, nodes: Iterable[NodeStatus]) -> list[str]:
    """Every problem of the environment. `up`, `status` and `verify` all use this."""
    listed = tuple(nodes)
    owners = [node.name for node in listed if node.owns_address]
    found = node_problems(listed)
    if of.endpoint_address is not None and len(owners) != 1:
        many = f"{', '.join(owners)} all have" if owners else "no node has"
        found.append(f"{many} the address {of.endpoint_address}: is VRRP (protocol 112) blocked between the nodes?")
    return found


def await_well(of: Environment, *, seconds: float) -> None:
    """Wait until there are no problems. Raises `OperationFailed` with the remaining ones at the deadline."""
    deadline = time.monotonic() + seconds
    while found := problems(of, gather(of)):
        if time.monotonic() > deadline:
            raise OperationFailed(
                f"{of.stack!r} is updated, but still unhealthy after {seconds:.0f} s:\n  "
                + "\n  ".join(found)
                + "\n`pulumi up --refresh` compares every node with the plan and repairs differences"
            )
        time.sleep(PAUSE_SECONDS)


def show(of: Environment, *, as_json: bool) -> int:
    """Print the status. Returns 0 if everything is healthy, 1 otherwise."""
    nodes = gather(of)
    found = problems(of, nodes)
    well = not found
    if as_json:
        print(
            json.dumps(
                {"cluster": of.cluster, "well": well, "problems": found, "nodes": [asdict(n) for n in nodes]}, indent=2
            )
        )
        return 0 if well else 1
    where = of.endpoint_address or of.endpoint_name
    owners = ", ".join(node.name for node in nodes if node.owns_address) or "no node"
    on = f" on {owners}" if of.endpoint_address is not None else ""  # elsewhere a load balancer has the address
    leader = next((node.name for node in nodes if node.leads), "none")
    print(f"{of.cluster}: https://{where}:{of.endpoint_port}{on}; etcd leader {leader}")
    rows = [("NODE", "ADDRESS", "API", "ETCD", "FIRST CERTIFICATE TO EXPIRE")]
    rows += [(node.name, node.address, node.api, node.etcd, _days(node)) for node in nodes]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for problem in found:
        print(f"! {problem}")
    return 0 if well else 1


def _days(node: NodeStatus) -> str:
    return f"{node.certificate_days} days ({node.certificate})" if node.certificate_days is not None else "-"


def _ask(host: Host) -> NodeStatus:
    try:
        answer = json.loads(run(host, "sh", "-c", ASK, stdin=archive(), seconds=20))
    except (OperationFailed, ValueError) as failure:
        return _unknown(host, str(failure))
    found = answer.get("status", answer)
    if not found.get("installed"):
        return _unknown(host, "the node is not installed yet", reached=True)
    api, etcd = found["api"], found["etcd"]
    stopped = [f"{name} is {state}" for name, state in found["services"].items() if not state.startswith("active")]
    problems = [
        *stopped,
        *([] if api["ready"] else [f"API server: {api['text']}"]),
        *([] if etcd.get("healthy") else [f"etcd: {etcd.get('text', 'no response')}"]),
    ]
    first = found["certificates"][0] if found["certificates"] else {}
    return NodeStatus(
        name=host.name,
        address=host.address,
        api="ready" if api["ready"] else "not ready",
        etcd=_member(etcd),
        reached=True,
        voter=bool(etcd.get("healthy")) and not etcd.get("learner"),
        leads=bool(etcd.get("leads")),
        etcd_version=str(etcd.get("version", "")),
        unused_bytes=int(etcd.get("databaseBytes", 0)) - int(etcd.get("usedBytes", 0)),
        owns_address=bool((found.get("virtualIp") or {}).get("owner")),
        certificate_days=first.get("daysLeft"),
        certificate=first.get("path", ""),
        problem="; ".join(problems),
    )


def _member(etcd: dict[str, object]) -> str:
    if not etcd.get("healthy"):
        return "unhealthy"
    role = "leader" if etcd.get("leads") else "learner" if etcd.get("learner") else "follower"
    return f"{role}, {int(str(etcd.get('databaseBytes', 0))) / 1024**2:.1f} MiB"


def _unknown(host: Host, problem: str, *, reached: bool = False) -> NodeStatus:
    return NodeStatus(
        name=host.name,
        address=host.address,
        api="-",
        etcd="-",
        reached=reached,
        voter=False,
        leads=False,
        etcd_version="",
        unused_bytes=0,
        owns_address=False,
        certificate_days=None,
        certificate="",
        problem=problem,
    )


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for machines")


COMMANDS = (
    Command(
        name="status",
        text="show members, leader, health, days until certificates expire, owner of the address",
        arguments=_arguments,
        run=lambda given: show(environment(given.stack), as_json=given.json),
    ),
)
