"""When certificates are renewed: never two nodes at the same time."""

from plan.settings.certificates import Certificates

USUAL_HOURS = 720  # thirty days before the end
LONGEST_STAGGER_HOURS = 48  # between the renewals of two nodes, so that a failed renewal is noticed before the next one
SHARE = 3  # the usual window is at most this part of a lifetime
STAGGER_SHARE = 16  # with seven nodes, 1/3 + 6/16 of a lifetime; more than a quarter is left


def base_hours(of: Certificates) -> int:
    """Hours before its expiry at which a leaf of the first node is renewed."""
    return of.early_renewal_hours if of.early_renewal_hours is not None else min(USUAL_HOURS, of.leaf_hours // SHARE)


def stagger_hours(of: Certificates) -> int:
    """Hours between the renewals of two nodes: a share of the lifetime, so that one-day leaves work too."""
    return max(1, min(LONGEST_STAGGER_HOURS, of.leaf_hours // STAGGER_SHARE))


def early_renewal_hours(of: Certificates, index: int) -> int:
    """Hours before expiry at which the leaves of node `index` (from 0) are renewed; the last node is first."""
    return base_hours(of) + index * stagger_hours(of)


def longest_window_hours(of: Certificates, nodes: int) -> int:
    """The earliest renewal of all nodes, in hours before expiry; without nodes, the first node's."""
    return early_renewal_hours(of, max(nodes - 1, 0))
