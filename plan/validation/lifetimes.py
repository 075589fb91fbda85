"""Lifetimes of certificates (requirements PKI-06)."""

from collections.abc import Iterator

from plan.certificates.renewal import base_hours, longest_window_hours, stagger_hours
from plan.refusal import Refusal
from plan.settings.cluster import Settings


def authorities(settings: Settings) -> Iterator[Refusal]:
    """Authorities live longer than the leaves that they sign."""
    hours, leaf = settings.certificates.authority_hours, settings.certificates.leaf_hours
    if hours <= leaf:
        why = "leaves that outlive their authority fail before they expire"
        at, what = "certificates.authorityHours", f"more than a leaf's {leaf} h"
        yield Refusal(at=at, what=what, found=f"{hours} h", why=why, fix="use 87600 (ten years)")


def renewal(settings: Settings) -> Iterator[Refusal]:
    """The renewal window is shorter than the lifetime on every node."""
    certificates, nodes = settings.certificates, len(settings.nodes)
    if certificates.early_renewal_hours is None or certificates.early_renewal_hours < 1:
        return
    window, leaf = longest_window_hours(certificates, nodes), certificates.leaf_hours
    if window >= leaf:
        more = stagger_hours(certificates)
        yield Refusal(
            at="certificates.earlyRenewalHours",
            what=f"less than a leaf's lifetime of {leaf} h, also on the last of {nodes} nodes",
            found=f"{base_hours(certificates)} h, which results in {window} h there ({more} h more on "
            "each node after the first)",
            why="a new leaf would be due for renewal immediately, and every update would replace it",
            fix="leave it out, or lengthen leafHours",
        )
