"""Marks the tests that start real programs, which `make test-fast` leaves out."""

import sys
from collections.abc import Sequence
from types import ModuleType

import pytest

# A test module that takes anything from one of these starts etcd, an API server, sshd, a balancer, the emulated cloud
# or the Pulumi CLI.
STARTERS = frozenset(
    {
        "tests.kubernetes.api_server",
        "tests.policy.previews",
        "tests.unit.agent.etcd_site",
        "tests.unit.documents.programs",
        "tests.unit.provider.sshd",
        "tests.unit.workbench.cloud.conftest",
    }
)


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    for item in items:
        module = sys.modules[item.obj.__module__] if isinstance(item, pytest.Function) else None
        if module is not None and starts_programs(module):
            item.add_marker("programs")


def starts_programs(module: ModuleType) -> bool:
    """Whether the module uses one of STARTERS."""
    used = {getattr(value, "__module__", None) for value in vars(module).values()}
    named = {value.__name__ for value in vars(module).values() if isinstance(value, ModuleType)}
    return not STARTERS.isdisjoint(used | named)
