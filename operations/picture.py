"""Draws an environment from its plan as one SVG: zones, machines, members, balancer, names and certificates."""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from operations.command import Command
from operations.stack_file import StackFile
from plan import Node, Plan, make
from plan.members import CLIENT_PORT, PEER_PORT
from plan.network.endpoint import API_PORT
from plan.quorum import fault_tolerance, quorum

COLUMN, GAP, MARGIN = 250, 20, 24  # pixels
LINE = 19
TOP, MACHINE = 200, 136
HOURS_A_DAY = 24
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2937}.t{font-size:18px;font-weight:600}.s{fill:#4b5563}"
    ".zone{fill:#f3f4f6;stroke:#9ca3af;stroke-dasharray:5 4}.machine{fill:#fff;stroke:#1d4ed8}"
    ".worker{fill:#fff;stroke:#6b7280}.end{fill:#dbeafe;stroke:#1d4ed8}line{stroke:#1d4ed8;stroke-width:1.5}"
)


def picture(plan: Plan) -> str:
    """The text of an SVG file. Equal plans give equal texts."""
    zones = _zones(plan)
    width = max(2 * MARGIN + len(zones) * (COLUMN + GAP) - GAP, 720)
    tallest = max(len(nodes) for nodes in zones.values())
    below = TOP + 34 + tallest * (MACHINE + 12) + 2 * GAP
    notes = [*_quorum(plan), "", *_certificates(plan)]
    height = below + len(notes) * LINE + MARGIN
    body = [
        *_head(plan, width),
        *(part for index, (zone, nodes) in enumerate(zones.items()) for part in _zone(plan, index, zone, nodes, below)),
        *(_text(MARGIN, below + (index + 1) * LINE, note) for index, note in enumerate(notes)),
    ]
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    name = escape(f"{plan.settings.cluster}: {len(plan.nodes)} control-plane nodes")
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{name}">',
            f"<style>{STYLE}</style>",
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            *body,
            "</svg>",
            "",
        ]
    )


def _zones(plan: Plan) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for node in plan.kubernetes_nodes:
        found.setdefault(node.failure_domain, []).append(node)
    return found


def _head(plan: Plan, width: int) -> Iterator[str]:
    settings, endpoint = plan.settings, plan.endpoint
    place = f"AWS {settings.aws.region}, account {settings.aws.account}" if settings.aws else "own hosts"
    yield _text(MARGIN, 36, settings.cluster, kind="t")
    versions = f"Kubernetes {settings.control_plane.kubernetes_version}, etcd {settings.etcd.version}"
    yield _text(MARGIN, 58, f"{place}; {versions}", kind="s")
    middle = width // 2
    yield _box(middle - 210, 76, 420, 66, "end")
    yield _text(middle, 100, f"https://{endpoint.name}:{endpoint.port}", anchor="middle")
    yield _text(middle, 122, _balancer(plan), kind="s", anchor="middle")
    for index, _ in enumerate(_zones(plan)):
        x = MARGIN + index * (COLUMN + GAP) + COLUMN // 2
        yield f'<line x1="{middle}" y1="142" x2="{x}" y2="{TOP}"/>'


def _balancer(plan: Plan) -> str:
    settings = plan.settings
    if settings.aws is not None:
        side = "public" if settings.aws.load_balancer.public else "internal"
        return f"{side} network load balancer, checks /readyz"
    hosts = ", ".join(settings.endpoint.dedicated_hosts) or "every control-plane node"
    return f"{plan.endpoint.address} (Keepalived), {settings.endpoint.balancer} on {hosts}"


def _zone(plan: Plan, index: int, zone: str, nodes: Iterable[Node], below: int) -> Iterator[str]:
    x = MARGIN + index * (COLUMN + GAP)
    yield _box(x, TOP, COLUMN, below - TOP - GAP, "zone")
    yield _text(x + 12, TOP + 22, zone, kind="s")
    members = {member.name: member for member in plan.members}
    for row, node in enumerate(nodes):
        y = TOP + 34 + row * (MACHINE + 12)
        member = members.get(node.name)
        lines = [f"{node.name}   {node.address}"]
        if member is None:
            lines += ["worker: kubelet"]
        else:
            lines += [
                f"kube-apiserver :{API_PORT}",
                "controller-manager, scheduler",
                f"etcd :{CLIENT_PORT}, :{PEER_PORT}",
                f"{len(plan.certificates_of(node.name))} certificates",
            ]
        yield _box(x + 12, y, COLUMN - 24, MACHINE, "machine" if member else "worker")
        for line, text in enumerate(lines):
            yield _text(x + 24, y + 26 + line * (LINE + 4), text, kind="" if line == 0 else "s")


def _quorum(plan: Plan) -> Iterator[str]:
    count = len(plan.members)
    yield f"{count} etcd members: {quorum(count)} decide, {fault_tolerance(count)} may be lost"
    ranges = plan.settings.network
    pods, services = ", ".join(map(str, ranges.pods)), ", ".join(map(str, ranges.services))
    yield f"hosts {ranges.hosts}; pods {pods}; services {services}"


def _certificates(plan: Plan) -> Iterator[str]:
    """One line for the authorities, and one for each lifetime of their leaves."""
    days = plan.settings.certificates.authority_hours // HOURS_A_DAY
    names = ", ".join(authority.name for authority in plan.authorities)
    if plan.settings.certificates.authorities == "generated":
        yield f"authorities {names}: end {days} days after their creation"
    else:
        yield f"authorities {names}: your own"
    ends = Counter(
        (leaf.lifetime_hours // HOURS_A_DAY, leaf.early_renewal_hours // HOURS_A_DAY, leaf.node or "the program")
        for leaf in plan.certificates
    )
    for (lifetime, early, owner), count in ends.items():
        yield f"{count} leaves of {owner}: end {lifetime} days after their issue, renewed {early} days before"


def _box(x: int, y: int, width: int, height: int, kind: str) -> str:
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="6"/>'


def _text(x: int, y: int, text: str, *, kind: str = "", anchor: str = "start") -> str:
    named = f' class="{kind}"' if kind else ""
    placed = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text{named} x="{x}" y="{y}"{placed}>{escape(text)}</text>'


def draw(stack: str, output: Path | None) -> None:
    """Print the picture of a stack, or write it to a file."""
    text = picture(make(StackFile(stack).settings()))
    if output is None:
        print(text, end="")
        return
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text, encoding="utf-8")
    print(f"{stack}: {output}")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the SVG to a file instead of printing it")


COMMANDS = (
    Command(
        name="plan",
        text="draw the environment of a stack from its settings, as an SVG; nothing is created or read elsewhere",
        run=lambda given: draw(given.stack, given.output),
        arguments=_arguments,
    ),
)
