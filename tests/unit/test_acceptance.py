"""Each promise that came with the project is claimed by tests that exist: `@pytest.mark.acceptance("T01")`."""

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
# Identity: the promise, and the tiers in which it must be claimed (folders of tests/; `live` is a real cluster).
PROMISES: dict[str, tuple[str, frozenset[str]]] = {
    "T01": ("one node fails, the other members and API servers keep serving", frozenset({"live"})),
    "T02": ("the balancer routes around an API server that is not ready", frozenset({"unit"})),
    "T03": ("the address moves to another balancer and stays the same for clients", frozenset({"unit", "live"})),
    "T04": ("one stable address whatever the number of nodes", frozenset({"unit"})),
    "T05": ("exactly one scheduler and controller-manager is at work; others take over", frozenset({"unit", "live"})),
    "T06": ("every API server shows the same nodes", frozenset({"live"})),
    "T07": ("a later extension is possible", frozenset({"program", "live"})),
    "T08": ("a failed etcd member can be replaced, one at a time", frozenset({"live"})),
    "T09": ("a backup exists, is valid, is kept elsewhere", frozenset({"program", "live"})),
    "T10": ("the cluster can be restored from a snapshot", frozenset({"live"})),
    "T11": ("all traffic is encrypted and clients verify the authority", frozenset({"unit", "live"})),
    "T14": ("certificates expire on schedule and are renewed", frozenset({"unit", "live"})),
    "T15": ("secrets are unreadable in etcd", frozenset({"live"})),
    "T16": ("etcd is reachable from API servers only", frozenset({"program", "live"})),
    "T17": ("an upgrade takes one control-plane node at a time and can be run again", frozenset({"unit", "live"})),
    "T18": ("cluster DNS works", frozenset({"live"})),
    "T19": ("clocks of all members are in step", frozenset({"live"})),
    "T20": ("reserved resources add up", frozenset({"unit"})),
    "T21": ("replicas of DNS follow nodes and processors", frozenset({"unit"})),
    "T22": ("nodes are healthy after a reconfiguration", frozenset({"live"})),
}


@cache
def claims() -> dict[str, set[str]]:
    """Tiers in which each identity is claimed, from the decorators in the tests' sources."""
    found: dict[str, set[str]] = {}
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for identity in identities(node):
                    found.setdefault(identity, set()).add(path.relative_to(TESTS).parts[0])
    return found


def identities(function: ast.FunctionDef) -> list[str]:
    """What the marks of a test claim."""
    marks = (mark for mark in function.decorator_list if isinstance(mark, ast.Call))
    acceptance = (mark for mark in marks if ast.unparse(mark.func) == "pytest.mark.acceptance")
    return [str(argument.value) for mark in acceptance for argument in mark.args if isinstance(argument, ast.Constant)]


@pytest.mark.parametrize("identity", PROMISES)
def test_every_promise_is_claimed_in_each_tier_that_can_show_it(identity: str) -> None:
    promise, tiers = PROMISES[identity]
    missing = tiers - claims().get(identity, set())
    assert not missing, f"{identity} ({promise}) is claimed by no test in {', '.join(sorted(missing))}"


def test_no_test_claims_a_promise_that_nobody_made() -> None:
    assert not set(claims()) - set(PROMISES)
