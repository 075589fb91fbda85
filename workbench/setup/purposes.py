"""What a set-up can be for."""

from enum import StrEnum


class Purpose(StrEnum):
    """`up` makes the local stack possible, `test` all tests, `lint` formatting and types only."""

    UP = "up"
    TEST = "test"
    LINT = "lint"
