"""When certificates are renewed: never two nodes at the same time."""

STAGGER_HOURS = 48  # between the renewals of two nodes: time to see that one node's renewal went well


def early_renewal_hours(base: int, index: int) -> int:
    """Hours before its end at which the leaves of node `index` (from 0) fall due; the last node's fall due first."""
    return base + index * STAGGER_HOURS


def longest_window_hours(base: int, nodes: int) -> int:
    """The earliest renewal of all nodes, in hours before the end. With no node: the base."""
    return early_renewal_hours(base, max(nodes - 1, 0))
