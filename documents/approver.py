"""Approves certificates of workers: a service of the agent that only approves planned workers (ADD-20)."""

import json

from documents.file import File
from documents.own_service import unit
from documents.places import UNITS, WORKERS
from plan import Node, Plan

UNIT = unit(
    description="Approves the certificates of planned workers",
    after="After=network-online.target\nWants=network-online.target",
    condition=f"ConditionPathExists={WORKERS}\n",
    command="approve",
    rights="it only reads one key and connects to one API server",
)


def files(plan: Plan) -> tuple[File, ...]:
    """Runs on every control-plane node if there are workers: the first that sees a request approves it."""
    if not plan.workers:
        return ()
    return (
        File(path=WORKERS, content=workers(plan), step="approver"),
        File(path=f"{UNITS}/quorate-approver.service", content=UNIT, step="approver"),
    )


def workers(plan: Plan) -> str:
    """Every worker that the control plane may accept."""
    return json.dumps([_worker(node) for node in plan.workers], indent=1) + "\n"


def _worker(node: Node) -> dict[str, object]:
    return {
        "name": node.name,
        "address": str(node.address),
        "zone": node.failure_domain,
        "podRanges": [str(range_) for range_ in node.pod_ranges],
    }
