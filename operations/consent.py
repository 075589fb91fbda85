"""Asks for confirmation before data can be lost."""

import sys

from operations.environment import OperationFailed


def consent(what: str, *, word: str, yes: bool) -> None:
    """Make the operator type the word, unless `yes`. Raises `OperationFailed` before anything is changed."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise OperationFailed(f"{what} There is no terminal to confirm on; pass --yes to go ahead. Nothing was changed")
    if input(f"{what}\nType {word!r} to continue: ").strip() != word:
        raise OperationFailed("the word does not match; nothing was changed")
