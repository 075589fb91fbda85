"""Finds certificates that are new, renewed, removed, or valid for fewer names."""

from collections.abc import Iterator
from dataclasses import dataclass

from operations.review.change import Change, Changes, Kind
from policies.properties import Undecidable
from policies.resources import Resource
from policies.stack import Stack
from policies.views.certificates import LEAF, REQUEST, SELF_SIGNED, Certificate, all_leaves

DUE = "readyForRenewal"  # pulumi-tls sets it to true when the certificate is due, which renews it
HOURS_A_DAY = 24


@dataclass(frozen=True, kw_only=True)
class CertificateChange:
    """One certificate. `kind`: new, renewed, updated (nothing is issued) or gone. `lost` and `gained` are names."""

    name: str
    kind: str
    authority: bool
    why: tuple[str, ...]
    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()


WORDS = {Kind.ADDED: "new", Kind.REMOVED: "gone", Kind.REPLACED: "renewed", Kind.UPDATED: "updated"}


def certificates(changes: Changes) -> Iterator[CertificateChange]:
    """Return the leaves and authorities that change, by name."""
    before, after = _requests(changes.before), _requests(changes.after)
    for change in changes.of(LEAF, SELF_SIGNED):
        if change.kind is Kind.SAME:
            continue
        authority = change.type == SELF_SIGNED and change.resource.properties.flag("isCaCertificate")
        old = change.before if change.type == SELF_SIGNED else before.get(change.urn)
        new = change.after if change.type == SELF_SIGNED else after.get(change.urn)
        had, has = _names(old), _names(new)
        stays = change.kind not in (Kind.ADDED, Kind.REMOVED)
        yield CertificateChange(
            name=change.name,
            kind=WORDS[change.kind],
            authority=authority,
            why=tuple(_reasons(change, old, new, changes)) if stays else (),
            lost=tuple(sorted(had - has)) if stays else (),
            gained=tuple(sorted(has - had)) if stays else (),
        )


def _requests(stack: Stack) -> dict[str, Resource]:
    return {leaf.resource.urn: leaf.request for leaf in _leaves(stack) if leaf.request is not None}


def _leaves(stack: Stack) -> tuple[Certificate, ...]:
    try:
        return all_leaves(stack)
    except Undecidable:  # the operator's own issuer is not known, so requests cannot be matched with leaves
        return ()


def _names(request: Resource | None) -> frozenset[str]:
    if request is None:
        return frozenset()
    properties = request.properties
    return frozenset((*properties.texts("dnsNames"), *properties.texts("ipAddresses")))


def _reasons(change: Change, old: Resource | None, new: Resource | None, changes: Changes) -> Iterator[str]:
    before, after = change.before, change.after
    for name, words in (("validityPeriodHours", "lifetime"), ("earlyRenewalHours", "renewed before its expiry by")):
        was, will = (one.properties.raw(name) if one else None for one in (before, after))
        if was != will:
            yield f"{words} {_days(was)} → {_days(will)}"
    if DUE in (*change.paths, *change.because):
        yield f"due: it expires on {change.due[:10]}" if change.due else "due"
    if old and new and _names(old) != _names(new):
        yield "names"
    if old and new and old.properties.raw("subject") != new.properties.raw("subject"):
        yield "subject"
    if before and after and before.properties.raw("allowedUses") != after.properties.raw("allowedUses"):
        yield "usages"
    for name, words in (("privateKeyPem", "a new key"), ("caCertPem", "its authority is reissued")):
        if _source_goes(name, before, changes) or _source_goes(name, old, changes):
            yield words
    if change.type == LEAF and "certRequestPem" in change.because and old is None:
        yield "its request"


def _source_goes(name: str, resource: Resource | None, changes: Changes) -> bool:
    urns = resource.sources(name) if resource else frozenset()
    return any(urn in changes.by_urn and changes.by_urn[urn].goes for urn in urns)


def _days(hours: object) -> str:
    if not isinstance(hours, int | float):
        return "unknown"
    days = hours / HOURS_A_DAY
    return f"{days:g} d" if days >= 2 else f"{hours:g} h"  # noqa: PLR2004 -- below two days people count in hours


__all__ = ["REQUEST", "CertificateChange", "certificates"]
