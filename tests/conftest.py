"""Marks the tests that start real programs, which `make test-fast` leaves out, and keeps imports out of collections."""

import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TESTS = Path(__file__).resolve().parent
FOREIGN = "tests/policy/foreign/"
WHOLE = (TESTS / "engine", TESTS / "live")  # each of these tests starts programs

# Hypothesis' limit for one example is wall-clock time, which other work on the computer uses up too. Promises about
# time have tests of their own, which count processor time.
settings.register_profile("quorate", deadline=None)
settings.load_profile("quorate")

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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> "Together":
    return Together(config, log)


class Together(LoadScopeScheduling):  # type: ignore[misc,no-any-unimported,unused-ignore]  # xdist may come without types
    """Gives each process whole files: tests of a file share what they set up."""

    def _split_scope(self, nodeid: str) -> str:
        return together(nodeid)


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    for item in items:
        module = sys.modules[item.obj.__module__] if isinstance(item, pytest.Function) else None
        whole = any(item.path.is_relative_to(folder) for folder in WHOLE)
        if whole or (module is not None and starts_programs(module)):
            item.add_marker("programs")


def together(test: str) -> str:
    """What one process runs: a file, or all files about the foreign programs, which are recorded once for them."""
    return FOREIGN if test.startswith(FOREIGN) else test.partition("::")[0]


def starts_programs(module: ModuleType) -> bool:
    """Whether the module uses one of STARTERS."""
    used = {getattr(value, "__module__", None) for value in vars(module).values()}
    named = {value.__name__ for value in vars(module).values() if isinstance(value, ModuleType)}
    return not STARTERS.isdisjoint(used | named)
