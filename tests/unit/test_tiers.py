"""Which tests `make test-fast` leaves out: see tests/conftest.py."""

from types import ModuleType

from tests.__main__ import TESTS
from tests.conftest import starts_programs, together
from tests.unit.agent import test_real_etcd as real_etcd
from tests.unit.provider import test_node_inputs as node_inputs
from tests.unit.provider import test_node_over_ssh as node_over_ssh
from tests.unit.workbench.cloud import test_volumes as volumes


def test_a_module_that_starts_etcd_sshd_or_the_emulated_cloud_is_left_out() -> None:
    assert all(map(starts_programs, (real_etcd, node_over_ssh, volumes)))


def test_a_module_that_starts_nothing_is_not() -> None:
    assert not starts_programs(node_inputs)
    assert not starts_programs(ModuleType("empty"))


def test_a_file_stays_together_and_the_foreign_programs_do_too() -> None:
    assert together("tests/unit/test_a.py::test_b[tests/policy/foreign/x]") == "tests/unit/test_a.py"
    assert together("tests/policy/foreign/test_a.py::test_b") == together("tests/policy/foreign/test_c.py::test_d")


def test_every_test_is_in_a_folder_that_make_test_runs() -> None:
    folders = {path.relative_to(TESTS).parts[0] for path in TESTS.rglob("test_*.py")}
    assert folders == {"unit", "program", "policy", "engine", "live"}
