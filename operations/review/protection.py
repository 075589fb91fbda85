"""Protected resources that would go, or would lose their protection."""

from collections.abc import Iterator

from operations.review.change import Change, Changes


def protected_that_go(changes: Changes) -> Iterator[Change]:
    """Deleted or replaced although protected. The engine refuses them as well, until somebody unprotects them."""
    return (change for change in changes.all if change.goes and change.before is not None and change.before.protect)


def released(changes: Changes) -> Iterator[Change]:
    """Protected before, and no longer after: the step before something is deleted."""
    for change in changes.all:
        if change.before and change.after and change.before.protect and not change.after.protect:
            yield change
