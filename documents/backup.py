"""When a node saves a snapshot of etcd (requirements OPS-01, OPS-02)."""

from documents.file import File
from documents.places import UNITS
from documents.user_data import PROGRAM
from plan import Node, Plan, aws_names

SERVICE, TIMER = "quorate-backup.service", "quorate-backup.timer"
MINUTES = 60  # in an hour


def files(plan: Plan, node: Node) -> tuple[File, ...]:
    """Service and timer. What the agent does: `etcdctl snapshot save`, `etcdutl snapshot status`, upload."""
    return (
        File(path=f"{UNITS}/{SERVICE}", content=service(plan), step="backup"),
        File(path=f"{UNITS}/{TIMER}", content=timer(plan, node), step="backup"),
    )


def service(plan: Plan) -> str:
    """One snapshot of this node's own member."""
    return f"""[Unit]
Description=Snapshot of etcd, cluster {plan.settings.cluster}
Wants=network-online.target
After=network-online.target etcd.service

[Service]
Type=oneshot
ExecStart=/usr/bin/python3 {PROGRAM} backup
TimeoutStartSec=1h
# Reading a whole database must not delay etcd's own writes.
IOSchedulingClass=idle
Nice=10
"""


def timer(plan: Plan, node: Node) -> str:
    """Every so many hours, the nodes by turns: the newest snapshot of all is that much younger."""
    every = aws_names.section(plan.settings).backups.every_hours
    offset = node.index * every * MINUTES // len(plan.nodes)
    return f"""[Unit]
Description=Snapshots of etcd every {every} h

[Timer]
OnCalendar=*-*-* {offset // MINUTES:02}/{every}:{offset % MINUTES:02}:00
Persistent=true

[Install]
WantedBy=timers.target
"""


def destination(plan: Plan, node: Node) -> dict[str, str]:
    """Bucket and prefix, for the agent."""
    return {"bucket": aws_names.backup_bucket(plan.settings), "prefix": aws_names.backup_prefix(node.name)}
