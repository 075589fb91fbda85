"""The watch that gives etcd's leadership away while a leader's disk is slow; a program of the agent."""

from documents.file import File
from documents.places import UNITS
from plan import Plan

UNIT = """[Unit]
Description=Gives etcd's leadership away while this node's disk is slow
After=etcd.service
StartLimitIntervalSec=0

[Service]
ExecStart=/usr/bin/python3 /usr/local/lib/quorate/agent.pyz leadership
Restart=always
RestartSec=5
# Root without any of root's rights: it reads one key and speaks to etcd.
CapabilityBoundingSet=
NoNewPrivileges=yes
MemoryMax=128M

[Install]
WantedBy=multi-user.target
"""


def files(plan: Plan) -> tuple[File, ...]:
    """On every member that has others."""
    if len(plan.members) == 1:
        return ()
    return (File(path=f"{UNITS}/quorate-leadership.service", content=UNIT, step="leadership"),)
