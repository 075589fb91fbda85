"""Runs a foreign program as the engine would in a first preview, and returns what a pack would see."""

from collections.abc import Callable
from functools import cache

import pytest

from policies.resources import Resource
from tests.policy.foreign.answers import REGION, Cloud
from tests.policy.foreign.case import Case
from tests.policy.recording import recorded

PROJECT = "platform"
SECRETS = ("sshKey", "kubeconfig")
CONFIG = {"aws:region": REGION, **dict.fromkeys(SECRETS, "from the stack's configuration")}


def record(program: Callable[[], None], *, stack: str) -> tuple[Resource, ...]:
    """Every resource that the program registers, in order of registration."""
    with pytest.MonkeyPatch.context() as patch:
        hidden = [f"{PROJECT}:{name}" for name in SECRETS]
        return recorded(patch, Cloud(), CONFIG, stack=stack, hidden=hidden, program=program, project=PROJECT)


@cache
def registered(case: Case) -> tuple[Resource, ...]:
    """The same for one case, once for all tests that only look."""
    return record(case.program, stack=case.stack)
