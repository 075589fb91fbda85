"""The purposes of a set-up."""

from enum import StrEnum


class Purpose(StrEnum):
    """`up` makes the local stack possible, `test` all tests, `lint` formatting and types only."""

    UP = "up"
    TEST = "test"
    LINT = "lint"
