"""Generations of keys: each listed once, and no more than a rotation needs."""

from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.generations import Generations

MOST = 2  # the active one, and during a rotation its successor or its predecessor


def authorities(settings: Settings) -> Iterator[Refusal]:
    """Generations of each authority."""
    given = settings.certificates.generations
    for name, of in (("cluster", given.cluster), ("etcd", given.etcd), ("frontProxy", given.front_proxy)):
        yield from _numbers(f"certificates.generations.{name}", of, "the first signs, and both are trusted")


def encryption_keys(settings: Settings) -> Iterator[Refusal]:
    """Generations of the key that encrypts."""
    given = settings.control_plane.encryption_keys
    yield from _numbers("controlPlane.encryptionKeys", given, "the first encrypts, and both decrypt")


def _numbers(at: str, given: Generations, why: str) -> Iterator[Refusal]:
    if not 1 <= len(given) <= MOST or len(set(given)) < len(given):
        found = ", ".join(map(str, given[: MOST + 1])) + (" and more" if len(given) > MOST + 1 else "")
        what, fix = "one number, or two different ones", "such as [1], or [1, 2] to add generation 2"
        yield Refusal(at=at, what=what, found=found or "an empty list", why=why, fix=fix)
