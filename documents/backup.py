"""When a node saves a snapshot of etcd, and where (requirements OPS-01, OPS-02, OPS-03)."""

from collections.abc import Mapping, Sequence

from documents.file import File
from documents.places import AGENT, UNITS
from documents.user_data import PROGRAM
from plan import Node, Plan
from plan.aws import names as aws_names

SERVICE, TIMER = "quorate-backup.service", "quorate-backup.timer"
PROOF_SERVICE, PROOF_TIMER = "quorate-proof.service", "quorate-proof.timer"
PROOF_HOURS = 24  # between two proofs on one node
MINUTES = 60  # in an hour


def files(plan: Plan, node: Node) -> tuple[File, ...]:
    """Service and timer.

    The agent runs `etcdctl snapshot save` and `etcdutl snapshot status`, then keeps or uploads the file.
    """
    return (
        File(path=f"{UNITS}/{SERVICE}", content=service(plan), step="backup"),
        File(path=f"{UNITS}/{TIMER}", content=timer(plan, node), step="backup"),
        *_proof(plan, node),
    )


def _proof(plan: Plan, node: Node) -> tuple[File, ...]:
    return (
        File(path=f"{UNITS}/{PROOF_SERVICE}", content=proof_service(plan), step="backup"),
        File(path=f"{UNITS}/{PROOF_TIMER}", content=proof_timer(plan, node), step="backup"),
    )


def proof_service(plan: Plan) -> str:
    """Loads the newest snapshot in a temporary member, without a network and without a way to disturb the node."""
    program = PROGRAM if plan.settings.kind == "aws" else AGENT
    return f"""[Unit]
Description=Proof that the newest snapshot of etcd can be used, cluster {plan.settings.cluster}

[Service]
Type=oneshot
ExecStart=/usr/bin/python3 {program} prove
TimeoutStartSec=1h
# Only loopback: the member that is started cannot reach the cluster, and the cluster's ports are free.
PrivateNetwork=yes
# Twice the snapshot at most is read through the page cache, which is given back under pressure.
MemoryMax=2G
OOMScoreAdjust=900
IOSchedulingClass=idle
Nice=15
"""


def proof_timer(plan: Plan, node: Node) -> str:
    """Runs once a day, at a different time on each node, and not at the time of the snapshots."""
    offset = node.index * PROOF_HOURS * MINUTES // len(plan.nodes) + MINUTES // 2
    return f"""[Unit]
Description=Proof of the newest snapshot of etcd every {PROOF_HOURS} h

[Timer]
OnCalendar=*-*-* {offset // MINUTES:02}:{offset % MINUTES:02}:00
Persistent=true

[Install]
WantedBy=timers.target
"""


def service(plan: Plan) -> str:
    """Saves one snapshot of this node's own member."""
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
    """Runs every few hours, at a different time on each node, so that the cluster always has a recent snapshot."""
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
    """Hours between two snapshots of one node."""
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
