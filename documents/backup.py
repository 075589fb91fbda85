"""When a node saves a snapshot of etcd, and where to (requirements OPS-01, OPS-02, OPS-03)."""

from collections.abc import Mapping, Sequence

from documents.file import File
from documents.places import AGENT, UNITS
from documents.user_data import PROGRAM
from plan import Node, Plan
from plan.aws import names as aws_names

SERVICE, TIMER = "quorate-backup.service", "quorate-backup.timer"
MINUTES = 60  # in an hour


def files(plan: Plan, node: Node) -> tuple[File, ...]:
    """Service and timer. What the agent does: `etcdctl snapshot save`, `etcdutl snapshot status`, keep or upload."""
    return (
        File(path=f"{UNITS}/{SERVICE}", content=service(plan), step="backup"),
        File(path=f"{UNITS}/{TIMER}", content=timer(plan, node), step="backup"),
    )


def service(plan: Plan) -> str:
    """One snapshot of this node's own member."""
    program = PROGRAM if plan.settings.kind == "aws" else AGENT
    return f"""[Unit]
Description=Snapshot of etcd, cluster {plan.settings.cluster}
Wants=network-online.target
After=network-online.target etcd.service

[Service]
Type=oneshot
ExecStart=/usr/bin/python3 {program} backup
TimeoutStartSec=1h
# Reading a whole database must not delay etcd's own writes.
IOSchedulingClass=idle
Nice=10
"""


def timer(plan: Plan, node: Node) -> str:
    """Every so many hours, the nodes by turns: the newest snapshot of all is that much younger."""
    every = every_hours(plan)
    offset = node.index * every * MINUTES // len(plan.nodes)
    return f"""[Unit]
Description=Snapshots of etcd every {every} h

[Timer]
OnCalendar=*-*-* {offset // MINUTES:02}/{every}:{offset % MINUTES:02}:00
Persistent=true

[Install]
WantedBy=timers.target
"""


def every_hours(plan: Plan) -> int:
    """Between two snapshots of one node."""
    settings = plan.settings
    return (aws_names.section(settings).backups if settings.kind == "aws" else settings.backups).every_hours


def destination(plan: Plan, node: Node) -> Mapping[str, str | int | Sequence[str]]:
    """Bucket and prefix, or the folder, for the agent."""
    settings = plan.settings
    if settings.kind == "aws":
        return {"bucket": aws_names.backup_bucket(settings), "prefix": aws_names.backup_prefix(node.name)}
    found = settings.backups
    return {
        "directory": found.directory,
        "keep": found.keep,
        "send": list(found.send),
        "everyHours": found.every_hours,
    }
