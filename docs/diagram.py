"""The picture in the README, drawn from a plan (Mermaid, which GitHub and GitLab render)."""

from plan import Plan
from plan.members import CLIENT_PORT, PEER_PORT
from plan.network.endpoint import API_PORT
from plan.quorum import fault_tolerance, quorum


def diagram(plan: Plan) -> str:
    """Draw a flowchart: clients, endpoint, each node with its programs, and etcd's quorum."""
    endpoint, count = plan.endpoint, len(plan.members)
    where = f"{endpoint.address}:{endpoint.port}" if endpoint.address else f"{endpoint.name}:{endpoint.port}"
    balancer = plan.settings.endpoint.balancer
    lines = [
        "flowchart TB",
        '  clients["kubectl, workers, automation"]',
        f'  endpoint(["{endpoint.name}<br/>{where}<br/>Keepalived address, one owner at a time"])',
        "  clients -->|TLS, passed through| endpoint",
    ]
    for node in plan.nodes:
        name = node.name
        lines += [
            f'  subgraph {name}["{name}  {node.address}  ({node.failure_domain})"]',
            f'    {name}-lb["{balancer}<br/>asks every /readyz"]',
            f'    {name}-api["kube-apiserver :{API_PORT}<br/>controller-manager, scheduler"]',
            f'    {name}-etcd[("etcd :{CLIENT_PORT} :{PEER_PORT}")]',
            f"    {name}-api --> {name}-etcd",
            "  end",
            f"  endpoint -.-> {name}-lb",
        ]
    lines += [f"  {a.name}-lb --> {b.name}-api" for a in plan.nodes for b in plan.nodes]
    names = [f"{node.name}-etcd" for node in plan.nodes]
    lines += [f"  {a} <-->|Raft| {b}" for i, a in enumerate(names) for b in names[i + 1 :]]
    verdict = f"{count} members: {quorum(count)} decide, {fault_tolerance(count)} may be lost"
    lines.append(f'  quorum{{{{"{verdict}"}}}} ~~~ {names[0]}')
    return "\n".join(["```mermaid", *lines, "```"])
