"""Which tests `make test-fast` leaves out: see tests/conftest.py."""

from types import ModuleType

from tests.conftest import starts_programs
from tests.unit.agent import test_real_etcd as real_etcd
from tests.unit.provider import test_node_inputs as node_inputs
from tests.unit.provider import test_node_over_ssh as node_over_ssh
from tests.unit.workbench.cloud import test_volumes as volumes


def test_a_module_that_starts_etcd_sshd_or_the_emulated_cloud_is_left_out() -> None:
    assert all(map(starts_programs, (real_etcd, node_over_ssh, volumes)))


def test_a_module_that_starts_nothing_is_not() -> None:
    assert not starts_programs(node_inputs)
    assert not starts_programs(ModuleType("empty"))
