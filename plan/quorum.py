"""Quorum arithmetic (etcd FAQ: "Why an odd number of cluster members?")."""


def quorum(members: int) -> int:
    """Members that must agree: more than half of all, dead ones included."""
    return members // 2 + 1


def fault_tolerance(members: int) -> int:
    """Members that may be lost while the others keep a quorum."""
    return members - quorum(members)
