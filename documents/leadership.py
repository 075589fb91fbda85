"""The watch that hands over etcd's leadership while a leader's disk is slow; a service of the agent."""

from documents.file import File
from documents.own_service import unit
from documents.places import UNITS
from plan import Plan

UNIT = unit(
    description="Gives etcd's leadership away while this node's disk is slow",
    after="After=etcd.service",
    command="leadership",
    rights="it reads one key and speaks to etcd",
)


def files(plan: Plan) -> tuple[File, ...]:
    """Runs on every member of a cluster with several members."""
    if len(plan.members) == 1:
        return ()
    return (File(path=f"{UNITS}/quorate-leadership.service", content=UNIT, step="leadership"),)
