"""Marks the tests that start real programs, which `make test-fast` leaves out, and keeps imports out of collections."""

import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

TESTS = Path(__file__).resolve().parent

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


def pytest_configure() -> None:
    gc.disable()  # test modules and the SDKs are imported next, and all that they make stays


def pytest_collection_finish() -> None:
    # Otherwise each full collection walks the SDKs again: 0.3 s of processor time.
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group(item.path)))
        module = sys.modules[item.obj.__module__] if isinstance(item, pytest.Function) else None
        if module is not None and starts_programs(module):
            item.add_marker("programs")


def group(path: Path) -> str:
    """The tests of a file share what they set up, and those of the foreign programs share the recorded programs."""
    together = next((folder for folder in path.parents if folder.name == "foreign"), path)
    return together.relative_to(TESTS).as_posix()


def starts_programs(module: ModuleType) -> bool:
    """Whether the module uses one of STARTERS."""
    used = {getattr(value, "__module__", None) for value in vars(module).values()}
    named = {value.__name__ for value in vars(module).values() if isinstance(value, ModuleType)}
    return not STARTERS.isdisjoint(used | named)
