"""The watch that gives etcd's leadership away while a leader's disk is slow; a program of the agent."""

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
    """On every member that has others."""
    if len(plan.members) == 1:
        return ()
    return (File(path=f"{UNITS}/quorate-leadership.service", content=UNIT, step="leadership"),)
