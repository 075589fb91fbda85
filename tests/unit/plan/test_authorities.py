"""One's own authorities are understood before anything trusts them."""

from collections.abc import Iterable
from datetime import timedelta
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from plan import Refusal
from plan.loading.configuration import read
from plan.validation.authorities import chained, problems
from tests.unit.plan.own_authorities import NOW, Pair, issue, pem, secret
from tests.unit.plan.site import site

PURPOSES = ("cluster", "etcd", "front-proxy")


@cache
def good(name: str) -> Pair:
    return issue(f"our {name}")


def files(**changes: tuple[str, str] | None) -> dict[str, object]:
    """Good authorities; a change names a purpose (`_` for `-`) and gives certificate and key, or removes it."""
    given: dict[str, object] = {}
    for name in PURPOSES:
        certificate, key = good(name)
        pair = changes.get(name.replace("-", "_"), (pem(certificate), secret(key)))
        if pair is not None:
            given[name] = {"certificate": pair[0], "key": pair[1]}
    return given


def said(given: object, source: str = "provided") -> list[Refusal]:
    settings = read(site({"certificates.authorities": source}))
    assert given is None or isinstance(given, dict)
    return list(problems(settings, given, now=NOW))


def whats(found: Iterable[Refusal]) -> str:
    return "; ".join(f"{one.at}: {one.what}: {one.found}" for one in found)


@pytest.mark.parametrize("source", ["provided", "external"])
def test_three_authorities_of_your_own_are_accepted(source: str) -> None:
    assert said(files(), source) == []


def test_an_intermediate_authority_with_its_chain_is_accepted_and_remembered() -> None:
    root = issue("our root", path_length=1)
    middle = issue("our cluster", by=root, path_length=0)
    given = files(cluster=(pem(middle[0], root[0]), secret(middle[1])))
    assert said(given) == []
    assert chained(given) == ("cluster",)


def test_an_intermediate_authority_without_its_root_is_refused() -> None:
    middle = issue("our cluster", by=issue("our root"))
    (refused,) = said(files(cluster=(pem(middle[0]), secret(middle[1]))))
    assert "'our cluster', issued by 'our root'" in str(refused.found)
    assert "the root last" in refused.fix


def test_a_chain_in_the_wrong_order_is_refused() -> None:
    root = issue("our root")
    middle = issue("our cluster", by=root)
    assert "cluster.key: the key of 'our root'" in whats(
        said(files(cluster=(pem(root[0], middle[0]), secret(middle[1]))))
    )


def test_a_root_that_allows_no_authority_below_it_is_refused() -> None:
    root = issue("our root", path_length=0)
    middle = issue("our cluster", by=root)
    (refused,) = said(files(cluster=(pem(middle[0], root[0]), secret(middle[1]))))
    assert "path length 0" in str(refused.found)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"authority": False, "signs": False}, "without CA:TRUE"),
        ({"signs": False}, "lacks keyCertSign"),
        ({"ends": timedelta(hours=-1), "starts": timedelta(days=-9)}, "expired on 2026-11-29"),
        ({"starts": timedelta(hours=2)}, "is valid from 2026-11-30 02:00 UTC"),
        ({"ends": timedelta(days=100)}, "at least a leaf's 8760 h"),
        ({"key": rsa.generate_private_key(65_537, 1_024)}, "RSA with 1024 bits"),  # noqa: S505 - weak on purpose
        ({"key": ec.generate_private_key(ec.SECP224R1())}, "secp224r1"),
    ],
)
def test_an_authority_that_clients_would_refuse_is_refused_with_the_reason(
    changes: dict[str, object], text: str
) -> None:
    certificate, key = issue("ours", **changes)  # type: ignore[arg-type]  # each is an argument of `issue`
    (refused,) = said(files(etcd=(pem(certificate), secret(key))))
    assert text in f"{refused.what} {refused.found}"
    assert refused.at == "authorityFiles.etcd.certificate"


def test_the_key_of_another_authority_is_refused() -> None:
    (refused,) = said(files(etcd=(pem(good("etcd")[0]), secret(good("cluster")[1]))))
    assert (refused.at, refused.found) == ("authorityFiles.etcd.key", "the key of another certificate")


def test_one_authority_for_two_purposes_is_refused() -> None:
    certificate, key = good("cluster")
    (refused,) = said(files(etcd=(pem(certificate), secret(key))))
    assert "a kubelet could read etcd" in refused.why


def test_authorities_below_one_root_are_refused_because_the_root_is_trusted_too() -> None:
    root = issue("our root")
    pairs = {name: issue(f"our {name}", by=root) for name in ("cluster", "etcd")}
    given = files(**{name: (pem(c, root[0]), secret(k)) for name, (c, k) in pairs.items()})
    (refused,) = said(given)
    assert "with its own root" in refused.what


@pytest.mark.parametrize("given", [None, {}, {"cluster": None}, {"cluster": "text"}])
def test_missing_authorities_are_named_with_the_command_that_sets_them(given: object) -> None:
    found = said(given)
    assert [one.at for one in found] == [f"authorityFiles.{n}.{p}" for n in PURPOSES for p in ("certificate", "key")]
    assert all("pulumi config set --secret" in one.fix for one in found)


def test_authorities_that_would_not_be_used_are_refused() -> None:
    (refused,) = said(files(), "generated")
    assert "would not be used" in refused.why


def test_a_name_that_no_authority_has_is_refused() -> None:
    assert [one.at for one in said({**files(), "cluter": {}})] == ["authorityFiles.cluter"]


def test_a_key_with_a_password_is_refused_with_the_command_that_removes_it() -> None:
    certificate, key = good("etcd")
    (refused,) = said(files(etcd=(pem(certificate), secret(key, "word"))))
    assert "openssl pkey" in refused.fix


@pytest.mark.parametrize("text", ["hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_text_that_is_no_certificate_is_refused_without_showing_a_key(text: str) -> None:
    key = secret(good("etcd")[1])
    report = "\n".join(map(str, said(files(etcd=(text, key), cluster=(key, key)))))
    assert "authorityFiles.etcd.certificate" in report
    assert key.splitlines()[1] not in report
