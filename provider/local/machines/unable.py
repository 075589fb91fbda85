"""The error of this package: the requirement, what was found, why it matters and how to fix it."""


class Unable(Exception):
    """A request that this computer cannot fulfil. The message is for the person who made it."""

    def __init__(self, bound: str, *, got: object, why: str, fix: str) -> None:
        self.bound = bound
        self.got = got
        self.why = why
        self.fix = fix
        super().__init__(f"{bound}\n  found: {got}\n  why: {why}\n  fix: {fix}")
