import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan import Refused
from plan.loading.configuration import read
from plan.settings import Settings
from tests.unit.plan.site import ABSENT, refusal, refusals, settings, site


@pytest.mark.parametrize(
    ("path", "at", "meant"),
    [
        ("endpoint.virtualIP", "endpoint.virtualIP", "virtualIp"),
        ("nodes.0.failuredomain", "nodes[0].failuredomain", "failureDomain"),
        ("etcd.heartbeat", "etcd.heartbeat", "heartbeatMs"),
        ("controlPlane.kube_reserved", "controlPlane.kube_reserved", "kubeReserved"),
        ("controlPlane.audit.maxage", "controlPlane.audit.maxage", "maxAgeDays"),
        ("netwrk", "netwrk", "network"),
        ("kubernetesVersion", "kubernetesVersion", "controlPlane.kubernetesVersion"),
        ("networks.hosts", "networks", "network"),
    ],
)
def test_an_unknown_key_is_refused_with_the_key_that_was_meant(path: str, at: str, meant: str) -> None:
    said = refusal({path: {}})
    assert said.at == at
    assert said.fix == f"did you mean `{meant}`?"


def test_an_unknown_key_without_a_neighbour_is_told_what_is_known() -> None:
    assert "electionMs, heartbeatMs" in refusal({"etcd.zzz": 1}).fix


def test_the_value_of_an_unknown_key_is_never_repeated() -> None:
    said = refusal({"ssh.password": "hunter2"})
    assert "hunter2" not in str(said)


@pytest.mark.parametrize(
    ("path", "value", "what"),
    [
        ("endpoint.port", "8443", "a whole number"),
        ("endpoint.port", 8443.5, "a whole number"),
        ("endpoint.port", True, "a whole number"),
        ("endpoint.name", 5, "a text"),
        ("certificates.protect", "yes", "true or false"),
        ("network.pods", "10.244.0.0/16", "a list"),
        ("network.hosts", "10.1.0.1/24", "a range in CIDR form without host bits, such as 10.0.0.0/24"),
        ("network.hosts", "10.1.0.0", "a range in CIDR form without host bits, such as 10.0.0.0/24"),
        ("network.gateway", 167837697, "an IP address without prefix and zone, such as 10.0.0.11"),
        ("network.gateway", "10.1.0.1/24", "an IP address without prefix and zone, such as 10.0.0.11"),
        ("network.gateway", "fe80::1%eth0", "an IP address without prefix and zone, such as 10.0.0.11"),
        ("endpoint.balancer", "apache", "`haproxy` or `nginx`"),
        ("certificates.algorithm", "RSA-2048", "`ECDSA-P256`, `ECDSA-P384`, `RSA-3072` or `RSA-4096`"),
        ("etcd", [], "a section of settings"),
        ("etcd.roundTripMs", float("nan"), "a number"),
    ],
)
def test_a_wrong_type_is_refused_with_the_kind_that_is_wanted(path: str, value: object, what: str) -> None:
    said = refusal({path: value})
    assert (said.at, said.what) == (path, what)


@pytest.mark.parametrize("path", ["cluster", "nodes", "network", "endpoint"])
def test_what_differs_in_every_environment_has_no_default(path: str) -> None:
    said = refusal({path: ABSENT})
    assert (said.at, said.found) == (path, "missing")


def test_a_python_spelling_is_not_a_second_way_to_say_the_same() -> None:
    assert refusal({"control_plane": {}}).fix == "did you mean `controlPlane`?"


def test_one_report_has_problems_of_form_and_of_bounds_together() -> None:
    said = refusals(
        {
            "cluster": ABSENT,
            "nodes.0.address": "nowhere",
            "nodes.2.name": "cp2",
            "network.pods": "10.244.0.0/16",
            "network.services": ["10.1.0.0/16"],
            "etcd.quotaBytes": "much",
            "etcd.electionMs": 100,
            "endpoint.port": 6443,
            "certificates": {"leafHours": 9000, "lifetime": 5},
        }
    )
    assert {one.at for one in said} == {
        "cluster",
        "nodes[0].address",
        "nodes[2].name",
        "network.pods",
        "network.services[0]",
        "etcd.quotaBytes",
        "etcd.electionMs",
        "endpoint.port",
        "certificates.leafHours",
        "certificates.lifetime",
    }


def test_a_host_that_cannot_be_read_still_counts_as_a_node() -> None:
    assert [one.at for one in refusals({"nodes.1.address": None})] == ["nodes[1].address"]


def test_the_report_says_bound_value_reason_and_way_out_of_every_problem() -> None:
    with pytest.raises(Refused) as caught:
        read(site({"endpoint.port": 6443, "etcd.quotaBytes": 0}))
    text = str(caught.value)
    assert text.startswith("settings refused: 2 problems; nothing was created")
    assert "endpoint.port: must be other than 6443" in text
    assert text.count("why: ") == text.count("fix: ") == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from([field.alias or name for name, field in Settings.model_fields.items()])


@given(st.dictionaries(KEYS, JSON, max_size=4))
def test_whatever_is_given_the_answer_is_settings_or_refusals(changes: dict[str, object]) -> None:
    said = refusals(changes)
    assert all(one.at and one.what and one.why and one.fix for one in said)
    assert said or settings(changes)


def test_the_schema_describes_every_setting_for_the_documentation() -> None:
    schema = Settings.model_json_schema()
    sections = {"Settings": schema, **schema["$defs"]}
    assert {"quotaBytes", "electionMs"} <= set(sections["Etcd"]["properties"])
    assert all(section["description"] for section in sections.values())
    json.dumps(schema)
