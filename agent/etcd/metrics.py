"""The metrics of this machine's member: plain text on loopback, available from the moment it starts."""

from agent.system.probe import loopback

PORT = 2381
HAS_LEADER = "etcd_server_has_leader"


def text() -> str:
    """The text of all metrics. Raises OSError if no member runs."""
    return loopback(PORT, "/metrics")


def value(metrics: str, name: str) -> float:
    """The sample of that name without labels. Raises KeyError if there is none."""
    _, found, rest = metrics.partition(f"\n{name} ")
    if not found:
        raise KeyError(name)
    return float(rest.partition("\n")[0])
