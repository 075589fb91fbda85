"""The agent's service that hands over etcd's leadership while a leader's disk is slow."""

from documents.file import File
from documents.own_service import unit
from documents.places import UNITS
from plan import Plan

UNIT = unit(
    description="Hands over etcd's leadership while this node's disk is slow",
    after="After=etcd.service",
    command="leadership",
    rights="it only reads one key and connects to etcd",
)


def files(plan: Plan) -> tuple[File, ...]:
    """Runs on every member of a cluster with several members."""
    if len(plan.members) == 1:
        return ()
    return (File(path=f"{UNITS}/quorate-leadership.service", content=UNIT, step="leadership"),)
