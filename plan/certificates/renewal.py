"""When certificates are renewed: never two nodes at the same time."""

from plan.settings.certificates import Certificates

USUAL_HOURS = 720  # thirty days before the end
LONGEST_STAGGER_HOURS = 48  # between the renewals of two nodes: time to see that one node's renewal went well
SHARE = 3  # the usual window is at most this part of a lifetime
STAGGER_SHARE = 16  # seven nodes: 1/3 + 6/16 of a lifetime, and more than a quarter of it is left


def base_hours(of: Certificates) -> int:
    """Hours before its end at which a leaf of the first node falls due."""
    return of.early_renewal_hours if of.early_renewal_hours is not None else min(USUAL_HOURS, of.leaf_hours // SHARE)


def stagger_hours(of: Certificates) -> int:
    """Hours between the renewals of two nodes: a share of the lifetime, so that one-day leaves work too."""
    return max(1, min(LONGEST_STAGGER_HOURS, of.leaf_hours // STAGGER_SHARE))


def early_renewal_hours(of: Certificates, index: int) -> int:
    """Hours before its end at which the leaves of node `index` (from 0) fall due; the last node's fall due first."""
    return base_hours(of) + index * stagger_hours(of)


def longest_window_hours(of: Certificates, nodes: int) -> int:
    """The earliest renewal of all nodes, in hours before the end; without nodes that of the first."""
    return early_renewal_hours(of, max(nodes - 1, 0))
