"""Asking before data is at stake."""

import sys

from operations.environment import OperationFailed


def consent(what: str, *, word: str, yes: bool) -> None:
    """Let the operator type the word, unless `yes` was said. Raises `OperationFailed`; nothing has happened then."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise OperationFailed(f"{what} Without a terminal to ask on, say so with --yes. Nothing was changed")
    if input(f"{what}\nType {word!r} to go on: ").strip() != word:
        raise OperationFailed("the word does not match; nothing was changed")
