"""A node refuses, before it changes anything, what would make nodes meet a key that they do not know."""

import base64
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from agent.etcd.cluster import Cluster, credentials
from agent.etcd.gateway import Gateway
from agent.kubernetes.encryption import IDENTITY, PATH, in_use, providers
from agent.kubernetes.kubeadm import CONFIGURATION
from agent.model.failure import Failed
from agent.rotation import AUTHORITIES, require_orderly
from documents import encryption as documents
from tests.unit.agent.etcd_site import Site
from tests.unit.agent.issuing import Authority
from tests.unit.agent.place import Place, Wish
from tests.unit.documents.programs import needed

OLD, NEW = Authority("old"), Authority("new")
KEYS = [base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2)]
FIRST, SECOND = (documents.key_name(key) for key in KEYS)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def change(place: Place, path: str, before: str, after: str, cluster: Cluster | None = None) -> None:
    installed = place.file(path)
    installed.parent.mkdir(parents=True, exist_ok=True)
    installed.write_text(before)
    require_orderly(place.host, place.wanted([Wish(path, after, "control-plane")]), cluster)


def bundle(*authorities: Authority) -> str:
    return "".join(one.certificate for one in authorities)


def configuration(*keys: str) -> str:
    return documents.configuration(keys=keys)


@pytest.mark.parametrize("path", AUTHORITIES.values())
def test_an_authority_may_be_trusted_then_sign_then_be_alone(place: Place, path: str) -> None:
    phases = [bundle(OLD), bundle(OLD, NEW), bundle(NEW, OLD), bundle(NEW)]
    for before, after in pairwise(phases):
        change(place, path, before, after)


@pytest.mark.parametrize("path", AUTHORITIES.values())
def test_an_authority_that_no_node_trusts_yet_may_not_sign(place: Place, path: str) -> None:
    for after in (bundle(NEW, OLD), bundle(NEW)):
        with pytest.raises(Failed, match="do not accept it yet"):
            change(place, path, bundle(OLD), after)


@pytest.mark.parametrize("path", AUTHORITIES.values())
def test_an_authority_that_signs_may_not_be_forgotten_in_the_same_step(place: Place, path: str) -> None:
    with pytest.raises(Failed, match="would no longer be accepted"):
        change(place, path, bundle(OLD, NEW), bundle(NEW))


def test_an_authority_reissued_under_its_own_key_is_the_same_authority(place: Place) -> None:
    again = OLD.renewed()
    assert again != OLD.certificate
    change(place, AUTHORITIES["cluster"], OLD.certificate, again)


def test_an_empty_machine_accepts_any_authority(place: Place) -> None:
    require_orderly(place.host, place.wanted([Wish(AUTHORITIES["cluster"], bundle(NEW, OLD), "control-plane")]), None)


def test_a_file_that_is_no_certificate_is_replaced(place: Place) -> None:
    change(place, AUTHORITIES["cluster"], "", bundle(NEW))


def test_the_order_of_keys_and_the_resources_are_read_from_our_own_document() -> None:
    said = providers(configuration(KEYS[1], KEYS[0]))
    assert said.names == (SECOND, FIRST, IDENTITY)
    assert said.resources == documents.RESOURCES
    off = providers(documents.configuration(keys=[KEYS[0]], encryption="none"))
    assert off.names == (IDENTITY, FIRST)


def test_a_key_that_not_every_node_knows_may_not_encrypt(place: Place) -> None:
    with pytest.raises(Failed, match=f"{SECOND} would become active"):
        change(place, PATH, configuration(KEYS[0]), configuration(KEYS[1], KEYS[0]))


def test_encryption_may_be_switched_off_and_on_because_everything_stays_readable(place: Place) -> None:
    off = documents.configuration(keys=[KEYS[0]], encryption="none")
    change(place, PATH, configuration(KEYS[0]), off)
    change(place, PATH, off, configuration(KEYS[0]))


@pytest.fixture(scope="module")
def member(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cluster, Gateway]]:
    """One real etcd member."""
    site = Site(tmp_path_factory.mktemp("site"), needed("etcd"))
    assert not site.apply(1, (1,), may_begin=True).failures
    cluster = site.runner(1, (1,))[1]
    wanted = site.place(1).wanted(site.files(1, (1,)))
    yield cluster, Gateway([cluster.me.client_url], credentials(site.place(1).host, wanted))
    site.end()


def put(gateway: Gateway, key: str, value: bytes) -> None:
    pair = {"key": base64.b64encode(key.encode()).decode(), "value": base64.b64encode(value).decode()}
    gateway.ask("/v3/kv/put", pair)


def test_objects_are_counted_by_the_key_that_they_need_however_many_there_are(member: tuple[Cluster, Gateway]) -> None:
    cluster, gateway = member
    for number in range(230):
        put(gateway, f"/registry/secrets/a/{number}", f"k8s:enc:secretbox:v1:{FIRST}:x".encode())
    put(gateway, "/registry/secrets/b/new", f"k8s:enc:secretbox:v1:{SECOND}:x".encode())
    put(gateway, "/registry/secrets/b/clear", b"k8s\0")
    put(gateway, "/registry/secretsother/x", b"another resource")
    put(gateway, "/registry/configmaps/a/one", f"k8s:enc:secretbox:v1:{FIRST}:x".encode())
    assert in_use(cluster.etcd, ("secrets", "configmaps")) == {FIRST: 231, SECOND: 1, IDENTITY: 1}


def test_a_key_that_an_object_needs_may_not_go_and_one_that_none_needs_may(
    member: tuple[Cluster, Gateway], place: Place
) -> None:
    cluster, gateway = member
    put(gateway, "/registry/secrets/c/old", f"k8s:enc:secretbox:v1:{FIRST}:x".encode())
    with pytest.raises(Failed, match=rf"\d+ objects in etcd can be read only with {FIRST}"):
        change(place, PATH, configuration(KEYS[1], KEYS[0]), configuration(KEYS[1]), cluster)
    everything = {"key": base64.b64encode(b"/").decode(), "range_end": base64.b64encode(b"0").decode()}
    gateway.ask("/v3/kv/deleterange", everything)
    change(place, PATH, configuration(KEYS[1], KEYS[0]), configuration(KEYS[1]), cluster)


def issuers(*urls: str) -> str:
    lines = "".join(f"    - name: service-account-issuer\n      value: {url}\n" for url in urls)
    return f"apiServer:\n  extraArgs:\n{lines}    - name: v\n      value: '2'\n"


def test_the_issuer_of_tokens_changes_in_phases_so_that_no_pod_gets_a_401(place: Place) -> None:
    old, new = "https://api.old:6443", "https://api.new:6443"
    for before, after in pairwise([(old,), (old, new), (new, old), (new,)]):
        change(place, CONFIGURATION, issuers(*before), issuers(*after))
    for after in ((new,), (new, old)):
        with pytest.raises(Failed, match=r"serviceAccountIssuers`\): https://api.new:6443 would become active"):
            change(place, CONFIGURATION, issuers(old), issuers(*after))
