"""Generations of keys: numbers that are there, each once, and no more of them than a rotation needs."""

from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.generations import Generations

MOST = 2  # the active one, and during a rotation its successor or its predecessor


def authorities(settings: Settings) -> Iterator[Refusal]:
    """Of each authority."""
    given = settings.certificates.generations
    for name, of in (("cluster", given.cluster), ("etcd", given.etcd), ("frontProxy", given.front_proxy)):
        yield from _numbers(f"certificates.generations.{name}", of, "the first signs, and both are trusted")


def encryption_keys(settings: Settings) -> Iterator[Refusal]:
    """Of the key that encrypts."""
    given = settings.control_plane.encryption_keys
    yield from _numbers("controlPlane.encryptionKeys", given, "the first encrypts, and both decrypt")


def _numbers(at: str, given: Generations, why: str) -> Iterator[Refusal]:
    if not 1 <= len(given) <= MOST or len(set(given)) < len(given) or min(given) < 1:
        bound, fix = "one number from 1 on, or two different ones", "such as [1], or [1, 2] to take in generation 2"
        yield Refusal(at=at, bound=bound, got=list(given), why=why, fix=fix)
