"""Lifetimes of certificates (requirements PKI-06)."""

from collections.abc import Iterator

from plan.certificates.renewal import STAGGER_HOURS, longest_window_hours
from plan.refusal import Refusal
from plan.settings.cluster import Settings

LONGEST_LEAF = 8_760  # hours: one year, as kubeadm
LONGEST_AUTHORITY = 87_600  # hours: ten years, as kubeadm


def leaves(settings: Settings) -> Iterator[Refusal]:
    """At most a year."""
    hours = settings.certificates.leaf_hours
    if not 1 <= hours <= LONGEST_LEAF:
        why = "a stolen key is good for as long, and a renewal that is rare is a renewal that fails"
        at, bound = "certificates.leafHours", f"from 1 to {LONGEST_LEAF} h (one year)"
        yield Refusal(at=at, bound=bound, got=f"{hours} h", why=why, fix=f"use {LONGEST_LEAF}")


def authorities(settings: Settings) -> Iterator[Refusal]:
    """At most ten years, and longer than what they sign."""
    hours, leaf = settings.certificates.authority_hours, settings.certificates.leaf_hours
    if hours > LONGEST_AUTHORITY:
        bound, why = f"at most {LONGEST_AUTHORITY} h (ten years)", "its algorithm would have to last as long"
    elif hours <= leaf:
        bound, why = f"more than a leaf's {leaf} h", "leaves that outlive their authority are worthless before they end"
    else:
        return
    at, fix = "certificates.authorityHours", f"use {LONGEST_AUTHORITY}"
    yield Refusal(at=at, bound=bound, got=f"{hours} h", why=why, fix=fix)


def renewal(settings: Settings) -> Iterator[Refusal]:
    """A window that is there, and shorter than the lifetime on every node."""
    early, nodes = settings.certificates.early_renewal_hours, len(settings.nodes)
    at = "certificates.earlyRenewalHours"
    if early < 1:
        why = "at 0 a leaf is renewed only after it has ended"
        yield Refusal(at=at, bound="at least 1 h", got=f"{early} h", why=why, fix="use 720 (thirty days)")
        return
    window, leaf = longest_window_hours(early, nodes), settings.certificates.leaf_hours
    if window >= leaf:
        yield Refusal(
            at=at,
            bound=f"less than a leaf's lifetime of {leaf} h, on the last of {nodes} nodes too",
            got=f"{early} h, which makes {window} h there ({STAGGER_HOURS} h more on each further node)",
            why="a leaf would fall due the moment it is issued, and every update would replace it",
            fix="shorten earlyRenewalHours, or lengthen leafHours",
        )
