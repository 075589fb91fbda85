"""A report is enough to go on: it names every problem, shows no secret, and hides nothing that is invisible."""

import pytest

from plan import Refused
from plan.loading.configuration import read
from plan.visible import safe, shown
from tests.unit.plan.aws_site import plan as aws_plan
from tests.unit.plan.site import SITE, nodes, refusal, refusals, settings, site

# Put together here, so that no file of the repository looks like a key.
PASTED = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n-----END OPENSSH PRIVATE KEY-----\n"
TOKEN = "gh" + "p_" + "a1B2" * 9
BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ" + "Dx7"


@pytest.mark.parametrize(
    "at",
    [
        "ssh.privateKeyPath",
        "endpoint.name",
        "nodes.0.hostKey",
        "cluster",
        "network.hosts",
        "etcd.quotaBytes",
        "artifacts",
    ],
)
@pytest.mark.parametrize("secret", [PASTED, PASTED.replace("BEGIN", "BEG IN"), TOKEN, BODY, {"key": PASTED}, [PASTED]])
def test_a_pasted_secret_is_never_shown(at: str, secret: object) -> None:
    with pytest.raises(Refused) as caught:
        read(site({at: secret}))
    for part in ("b3BlbnNz", TOKEN[8:], BODY[8:]):
        assert part not in str(caught.value)


def test_a_key_in_place_of_its_path_is_named_with_the_way_out() -> None:
    said = refusal({"ssh.privateKeyPath": PASTED})
    assert said.found == "a private key itself (not shown)"
    assert "set its path" in said.fix


def test_an_unknown_key_that_is_a_secret_is_not_shown() -> None:
    said = refusals({PASTED.replace(".", ""): "x"})
    assert all("b3BlbnNz" not in str(one) for one in said)


def test_a_proxy_with_a_password_is_refused_without_showing_it() -> None:
    said = refusal({"proxy.http": "http://jane:geheim@proxy.example.com:3128"})
    assert "geheim" not in str(said)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "null"), (True, "true"), ({"a": 1}, "a section with 1 setting"), ([1, 2], "a list with 2 entries")],
)
def test_values_are_shown_as_users_write_them(value: object, text: str) -> None:
    assert shown(value) == text


def test_invisible_and_misleading_characters_become_visible() -> None:
    assert safe("a\u200bb\nc\uff11\u00a0") == "a\\u200bb\\nc\\uff11\\xa0"


def test_a_long_value_is_cut() -> None:
    assert len(safe("word " * 1_000)) < 250


def test_paths_and_digests_are_shown_whole() -> None:
    for text in (
        f"sha256:{'0123456789abcdef' * 4}",
        "/home/Jane/projects/Clusters2026/quorate/.quorate/ssh/id_ed25519",
    ):
        assert safe(text) == text


def test_a_wrong_kind_brings_one_problem_with_the_right_word() -> None:
    with pytest.raises(Refused) as caught:
        read({"preset": "prod", "kind": "AWS", "cluster": "north", "aws": {"account": "123456789012"}})
    assert [one.at for one in caught.value.refusals if one.at == "kind"]
    assert "did you mean `aws`?" in str(caught.value)
    assert "nodes" not in {one.at for one in caught.value.refusals}


def test_an_overlap_names_the_range_that_the_user_has_set() -> None:
    assert refusal({"network.pods": ["10.96.0.0/12"]}).at == "network.pods[0]"


def test_thousands_of_problems_are_counted_and_not_all_printed() -> None:
    workers = [{"name": "W", "address": "10.1.0.9", "failureDomain": ""}] * 500
    with pytest.raises(Refused) as caught:
        read(site({"workers": workers}))
    assert len(caught.value.refusals) > 500
    assert "more problems" in str(caught.value)


@pytest.mark.parametrize("count", [3, 5, 7])
def test_a_list_of_hosts_needs_no_count_beside_it(count: int) -> None:
    assert len(settings({"nodes": nodes(count)}).nodes) == count


def test_a_container_limit_alone_brings_its_companions_into_order() -> None:
    space = {"name": "apps", "containers": {"memory": {"limit": "4Gi"}, "cpu": {"maximum": "50m"}}}
    quota = {"limitsMemory": "32Gi"}
    (found,) = settings({"addons": {"namespaces": [{**space, "quota": quota}]}}).addons.namespaces
    assert (found.containers.memory.minimum, found.containers.memory.maximum) == ("16Mi", "4Gi")
    assert (found.containers.cpu.request, found.containers.cpu.limit) == ("50m", "50m")


def test_an_io2_volume_needs_no_throughput() -> None:
    volume = {"type": "io2", "gibibytes": 40, "iops": 8_000}
    assert aws_plan({"aws": {"machines": {"etcdVolume": volume}}})


def test_regions_of_other_partitions_and_ranges_of_an_existing_vpc_are_accepted() -> None:
    zones = [f"eusc-de-east-1{letter}" for letter in "ab"]
    europe = {"region": "eusc-de-east-1", "zones": zones}
    assert aws_plan({"aws": europe, "singleFailureDomain": True})
    assert aws_plan({"aws": {"region": "us-gov-west-1"}})


def test_nodes_without_a_way_to_their_packages_are_refused() -> None:
    with pytest.raises(Refused, match="endpoints only reach AWS's services"):
        aws_plan({"aws": {"network": {"egress": "endpoints"}}})


def test_nesting_loops_and_size_are_refused_and_not_followed() -> None:
    loop: list[object] = []
    loop.append(loop)
    deep: object = {}
    for _ in range(5_000):
        deep = {"a": deep}
    wide = [["x"] * 1_000] * 1_000
    for value in (loop, deep, wide):
        with pytest.raises(Refused):
            read({**SITE, "addons": value})
