"""What the member on this machine says of itself to anybody on it: plain text on loopback, from its first moment."""

from agent.system.probe import loopback

PORT = 2381
HAS_LEADER = "etcd_server_has_leader"


def text() -> str:
    """All of it. Raises OSError where no member runs."""
    return loopback(PORT, "/metrics")


def value(metrics: str, name: str) -> float:
    """The sample of that name that has no labels. Raises KeyError where there is none."""
    _, found, rest = metrics.partition(f"\n{name} ")
    if not found:
        raise KeyError(name)
    return float(rest.partition("\n")[0])
