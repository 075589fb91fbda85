"""Differences between moto 5.2 and AWS that matter here: one subject per module; importing it closes the gap."""

from importlib import import_module

SUBJECTS = (
    "addresses",
    "alarms",
    "authorization",
    "backups",
    "balancers",
    "endpoints",
    "groups",
    "instance_connect",
    "launches",
    "limits",
    "locked_buckets",
    "profiles",
    "replication",
    "reservations",
    "subnets",
    "target_health",
    "transport",
    "volumes",
    "zones",
)


def close_all() -> None:
    """Close every gap in this process. This cannot be undone, so only a separate server process does it."""
    for subject in SUBJECTS:
        import_module(f"{__name__}.{subject}")
