"""Which version may follow which."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.upgrades import Running, Versions, may_return, oldest, problems, release

NOW = Versions(kubernetes="1.35.4", etcd="3.6.8")


def nodes(*api_servers: str, kubelet: str = "1.35.4") -> list[Running]:
    return [
        Running(node=f"cp{number}", kubelet=kubelet, api_server=version, etcd="3.6.8")
        for number, version in enumerate(api_servers, 1)
    ]


def said(kubernetes: str = NOW.kubernetes, etcd: str = NOW.etcd, running: list[Running] | None = None) -> list[str]:
    wanted = Versions(kubernetes=kubernetes, etcd=etcd)
    return [refusal.at for refusal in problems(NOW, wanted, running or nodes("1.35.4", "1.35.4", "1.35.4"))]


@pytest.mark.parametrize("wanted", ["1.35.4", "1.35.5", "1.35.40", "1.36.0", "1.36.3"])
def test_the_next_patches_and_the_next_minor_version_may_follow(wanted: str) -> None:
    assert said(wanted) == []


@pytest.mark.parametrize("wanted", ["1.37.0", "2.0.0", "1.35.3", "1.34.9"])
def test_a_minor_version_is_never_left_out_and_no_version_goes_back(wanted: str) -> None:
    assert "controlPlane.kubernetesVersion" in said(wanted)


@pytest.mark.parametrize("wanted", ["3.5.30", "3.6.7", "3.8.0", "4.0.0"])
def test_etcd_neither_goes_back_nor_leaves_out_a_minor_version(wanted: str) -> None:
    assert said(etcd=wanted) == ["etcd.version"]


def test_an_upgrade_that_was_cut_off_goes_on() -> None:
    half = [*nodes("1.36.3", kubelet="1.36.3"), *nodes("1.35.4", "1.35.4")]
    assert said("1.36.3", running=half) == []


def test_a_node_of_a_third_version_is_named() -> None:
    assert said("1.36.3", running=nodes("1.35.4", "1.35.2", "1.35.4")) == ["cp2"]


def test_a_kubelet_that_would_be_newer_than_its_api_server_or_too_old_is_named() -> None:
    assert said("1.35.5", running=nodes("1.35.4", kubelet="1.36.0")) == ["cp1"]
    assert said("1.36.3", running=nodes("1.35.4", kubelet="1.32.9")) == ["cp1"]
    assert said("1.36.3", running=nodes("1.35.4", kubelet="1.33.0")) == []


def test_a_node_that_does_not_answer_is_named_and_not_taken_for_one_of_the_present_version() -> None:
    assert said("1.36.3", running=nodes("?")) == ["cp1"]
    assert said("1.36.3", running=nodes("1.35.4", kubelet="?")) == ["cp1"]


@given(st.tuples(*[st.integers(min_value=0, max_value=99)] * 3))
def test_a_release_is_read_as_its_three_numbers_with_or_without_its_letter(numbers: tuple[int, int, int]) -> None:
    text = ".".join(map(str, numbers))
    assert release(text) == release(f"v{text}") == numbers


def test_a_failed_patch_goes_back_whoever_has_it_already() -> None:
    patch = Versions(kubernetes="1.35.5", etcd="3.6.10")
    assert may_return(NOW, patch, nodes("1.35.5", "1.35.5", "1.35.4"))


def test_a_failed_minor_version_goes_back_only_while_no_node_works_with_it() -> None:
    minor = Versions(kubernetes="1.36.0", etcd=NOW.etcd)
    assert may_return(NOW, minor, nodes("?", "1.35.4", "1.35.4"))
    assert not may_return(NOW, minor, nodes("1.36.0", "?", "1.35.4"))


def test_where_an_upgrade_that_was_cut_off_began_is_what_its_slowest_node_runs() -> None:
    half = [*nodes("1.36.3", "?"), *nodes("1.35.4")]
    assert oldest(half) == NOW
    assert oldest(nodes("?", "?")) is None
