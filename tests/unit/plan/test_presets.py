import pytest

from plan import make
from plan.loading.configuration import read
from plan.loading.presets import PRESETS, merged
from tests.unit.plan.site import refusal, settings, site


def test_the_local_preset_is_complete() -> None:
    found = read({"preset": "local"})
    assert [(node.name, str(node.address)) for node in found.nodes] == [
        ("cp1", "10.88.0.11"),
        ("cp2", "10.88.0.12"),
        ("cp3", "10.88.0.13"),
    ]
    assert make(found).endpoint.server == "https://api.local.quorate.internal:8443"


@pytest.mark.parametrize("preset", ["dev", "prod"])
def test_the_other_presets_leave_nodes_and_network_to_the_user(preset: str) -> None:
    assert len(read(site({"preset": preset})).nodes) == 3
    assert {"nodes", "network", "endpoint", "ssh"}.isdisjoint(PRESETS[preset])


def test_production_protects_its_authorities_and_wants_separate_failure_domains() -> None:
    found = settings()
    assert found.certificates.protect
    assert not found.single_failure_domain


def test_a_user_changes_one_value_of_a_preset_and_keeps_the_rest() -> None:
    found = read({"preset": "local", "endpoint": {"virtualIp": {"advertSeconds": 0.5}}})
    assert found.endpoint.virtual_ip is not None
    assert found.endpoint.virtual_ip.advert_seconds == 0.5
    assert found.endpoint.virtual_ip.interface == "host0"
    assert found.endpoint.port == 8443


def test_a_users_list_replaces_the_presets_list() -> None:
    nodes = [{"name": f"n{i}", "address": f"10.88.0.{i}", "failureDomain": f"d{i}"} for i in (51, 52, 53)]
    assert [node.name for node in read({"preset": "local", "nodes": nodes}).nodes] == ["n51", "n52", "n53"]


def test_null_removes_a_section_of_a_preset() -> None:
    assert read({"preset": "local", "localMachines": None}).local_machines is None


def test_merging_leaves_the_preset_as_it_was() -> None:
    under: dict[str, object] = {"a": {"b": 1, "c": 2}}
    assert merged(under, {"a": {"b": 3}}) == {"a": {"b": 3, "c": 2}}
    assert under == {"a": {"b": 1, "c": 2}}


def test_a_misspelt_preset_is_refused_once_with_the_one_that_was_meant() -> None:
    assert refusal({"preset": "porduction", "nodes": site()["nodes"]}).at == "preset"
    assert refusal({"preset": "prot"}).fix == "did you mean `prod`?"


def test_a_preset_is_not_needed() -> None:
    assert settings({"preset": None}).preset is None
