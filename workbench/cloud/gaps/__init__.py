"""Where moto 5.2 differs from AWS in what this project depends on: a subject per module, closed by importing it."""

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
    """Close every gap in this process. There is no way back, so only a server of its own does it."""
    for subject in SUBJECTS:
        import_module(f"{__name__}.{subject}")
