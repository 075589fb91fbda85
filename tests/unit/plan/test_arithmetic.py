"""Formulas with the check values of their sources."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.addons.replicas import dns_replicas, prevents_single_point_of_failure
from plan.allocatable import Resources, allocatable
from plan.quantities import millicores, octets

GIBIBYTE = 2**30


@pytest.mark.acceptance("T20")
def test_a_node_leaves_what_it_does_not_reserve_and_eviction_does_not_keep_free() -> None:
    """Kubernetes' own example: 16 processors, 32 GiB and 100 GiB leave 14.5, 28.5 GiB and 88 GiB."""
    left = allocatable(
        Resources(millicores=16_000, memory=32 * GIBIBYTE, storage=100 * GIBIBYTE),
        kube_reserved=Resources(millicores=1_000, memory=2 * GIBIBYTE, storage=GIBIBYTE),
        system_reserved=Resources(millicores=500, memory=GIBIBYTE, storage=GIBIBYTE),
        hard_eviction=Resources(millicores=0, memory=500 * 2**20, storage=10 * GIBIBYTE),
    )
    assert left.millicores == 14_500
    assert round(left.memory / GIBIBYTE, 2) == 28.51
    assert left.storage == 88 * GIBIBYTE


@pytest.mark.acceptance("T20")
def test_a_node_that_reserves_more_than_it_has_leaves_nothing() -> None:
    one = Resources(millicores=1, memory=1, storage=1)
    assert allocatable(one, kube_reserved=one, system_reserved=one, hard_eviction=one) == Resources(
        millicores=0, memory=0, storage=0
    )


@pytest.mark.acceptance("T21")
@pytest.mark.parametrize(
    ("cores", "nodes", "replicas"),
    [(64, 16, 1), (68, 17, 2), (4000, 100, 16), (0, 3, 1), (256, 1, 1), (257, 1, 2)],
)
def test_replicas_of_dns_are_those_of_the_autoscalers_linear_mode(cores: int, nodes: int, replicas: int) -> None:
    """Check values of requirements 3.5 with the defaults 256 and 16."""
    assert replicas == dns_replicas(nodes=nodes, cores=cores, nodes_per_replica=16, cores_per_replica=256, at_least=1)


@pytest.mark.acceptance("T21")
def test_two_nodes_are_enough_to_ask_for_two_replicas() -> None:
    assert [prevents_single_point_of_failure(nodes=nodes) for nodes in (1, 2, 16)] == [1, 2, 2]


@pytest.mark.acceptance("T21")
@given(
    nodes=st.integers(1, 5_000),
    cores=st.integers(0, 100_000),
    per_node=st.integers(1, 100),
    per_core=st.integers(1, 1_000),
    least=st.integers(1, 10),
)
def test_replicas_are_the_fewest_that_keep_every_bound(
    nodes: int, cores: int, per_node: int, per_core: int, least: int
) -> None:
    def enough(replicas: int) -> bool:
        return replicas * per_node >= nodes and replicas * per_core >= cores and replicas >= least

    found = dns_replicas(
        nodes=nodes, cores=cores, nodes_per_replica=per_node, cores_per_replica=per_core, at_least=least
    )
    assert enough(found)
    assert not enough(found - 1)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("100m", 100), ("2", 2_000), ("0.5", 500), ("1.25", 1_250), ("0", 0), ("much", None), ("1e3", None), ("-1", None)],
)
def test_processors_are_counted_in_thousandths(text: str, amount: int | None) -> None:
    assert millicores(text) == amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("128Mi", 2**27),
        ("1Gi", 2**30),
        ("1G", 10**9),
        ("5", 5),
        ("1.5Gi", 3 * 2**29),
        ("500M", 5 * 10**8),
        ("100m", None),
        ("\uff11Gi", None),
        ("Gi", None),
        ("", None),
    ],
)
def test_memory_is_counted_in_bytes(text: str, amount: int | None) -> None:
    assert octets(text) == amount
