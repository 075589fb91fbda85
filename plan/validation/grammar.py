"""Defines what one text may contain."""

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """`accepts` is the check; the other fields are used in the refusal."""

    accepts: Callable[[str], bool]
    what: str
    why: str
    fix: str


def matching(pattern: str, what: str, why: str, fix: str) -> Grammar:
    """A grammar from a regular expression that must match the whole text."""
    compiled = re.compile(pattern)
    return Grammar(accepts=lambda text: compiled.fullmatch(text) is not None, what=what, why=why, fix=fix)


def grammar(accepts: Callable[[str], bool], what: str, why: str, fix: str) -> Grammar:
    """A grammar from a function."""
    return Grammar(accepts=accepts, what=what, why=why, fix=fix)
