"""Finds protected resources that would be removed, or would lose their protection."""

from collections.abc import Iterator

from operations.review.change import Change, Changes


def protected_that_go(changes: Changes) -> Iterator[Change]:
    """Resources that would be deleted or replaced although protected. The engine also refuses these."""
    return (change for change in changes.all if change.goes and change.before is not None and change.before.protect)


def released(changes: Changes) -> Iterator[Change]:
    """Resources that would lose their protection, which usually precedes a deletion."""
    for change in changes.all:
        if change.before and change.after and change.before.protect and not change.after.protect:
            yield change
