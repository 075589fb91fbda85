"""Which certificate requests of workers are as planned: requests as real keys sign them, one thing wrong at a time."""

import base64
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from agent.model.json_reading import Json
from agent.pki.signing_request import NotARequest, from_pem
from agent.workers.requests import CLIENT, SERVING, Worker, objection

W1 = Worker(name="w1", address="10.88.0.21", zone="room-1", pod_ranges=("10.244.21.0/24",))
W2 = Worker(name="w2", address="10.88.0.22", zone="room-2", pod_ranges=("10.244.22.0/24",))
KEY = ec.generate_private_key(ec.SECP256R1())
Names = dict[x509.ObjectIdentifier, str]
W1_NAMES: Names = {NameOID.ORGANIZATION_NAME: "system:nodes", NameOID.COMMON_NAME: "system:node:w1"}


def signed(names: Names, *alternatives: x509.GeneralName, more: tuple[x509.ExtensionType, ...] = ()) -> str:
    subject = x509.Name([x509.NameAttribute(kind, value) for kind, value in names.items()])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    if alternatives:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    for extension in more:
        builder = builder.add_extension(extension, critical=True)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def serving(pem: str | None = None, **changes: object) -> Json:
    pem = pem or signed(W1_NAMES, x509.DNSName("w1"), x509.IPAddress(ip_address("10.88.0.21")))
    return request(
        pem,
        **{
            "signerName": SERVING,
            "username": "system:node:w1",
            "groups": ["system:nodes", "system:authenticated"],
            "usages": ["digital signature", "server auth"],
            **changes,
        },
    )


def joining(pem: str | None = None, **changes: object) -> Json:
    return request(
        pem or signed(W1_NAMES),
        **{
            "signerName": CLIENT,
            "username": "system:bootstrap:abcdef",
            "groups": ["system:bootstrappers", W1.token_group, "system:authenticated"],
            "usages": ["digital signature", "client auth"],
            **changes,
        },
    )


def request(pem: str, **spec: object) -> Json:
    return Json({"spec": {"request": base64.b64encode(pem.encode()).decode(), **spec}}, "request")


def test_a_planned_worker_gets_its_two_certificates() -> None:
    assert objection(joining(), (W2, W1)) is None
    assert objection(serving(), (W2, W1)) is None
    assert objection(serving(usages=["key encipherment", "digital signature", "server auth"]), (W1,)) is None


def test_no_machine_outside_the_plan_gets_one() -> None:
    assert "no planned worker" in str(objection(joining(), (W2,)))
    assert "no planned worker" in str(objection(serving(), ()))


def test_a_token_that_was_made_for_another_worker_does_not_become_this_one() -> None:
    assert "no token of w1" in str(objection(joining(groups=["system:bootstrappers", W2.token_group]), (W1, W2)))


def test_a_node_that_asks_for_another_nodes_certificate_is_refused() -> None:
    assert objection(serving(username="system:node:w2"), (W1, W2)) == "system:node:w2 is not w1"
    assert objection(joining(username="system:node:w2"), (W1, W2)) == "system:node:w2 has no token of w1"
    assert objection(serving(groups=["system:authenticated"]), (W1,)) == "system:node:w1 is not w1"


@pytest.mark.parametrize(
    "alternatives",
    [
        [x509.DNSName("w1"), x509.DNSName("kubernetes")],
        [x509.DNSName("w1"), x509.IPAddress(ip_address("10.88.0.10"))],
        [x509.DNSName("w1"), x509.IPAddress(ip_address("fd00::1"))],
        [x509.DNSName("w1")],
        [x509.IPAddress(ip_address("10.88.0.21")), x509.RFC822Name("a@example.com")],
        [x509.IPAddress(ip_address("10.88.0.21")), x509.UniformResourceIdentifier("spiffe://w1")],
    ],
)
def test_a_serving_certificate_has_the_planned_name_and_address_and_nothing_else(
    alternatives: list[x509.GeneralName],
) -> None:
    assert objection(serving(signed(W1_NAMES, *alternatives)), (W1,)) is not None


@pytest.mark.parametrize(
    "names",
    [
        {**W1_NAMES, NameOID.ORGANIZATION_NAME: "system:masters"},
        {**W1_NAMES, NameOID.ORGANIZATIONAL_UNIT_NAME: "system:masters"},
        {NameOID.COMMON_NAME: "system:node:w1"},
        {**W1_NAMES, NameOID.COMMON_NAME: "system:node:cp1"},
        {**W1_NAMES, NameOID.COMMON_NAME: "kubernetes-admin"},
    ],
)
def test_a_client_certificate_has_the_planned_subject_and_nothing_else(names: Names) -> None:
    assert objection(joining(signed(names)), (W1,)) is not None


def test_two_organizations_are_one_too_many() -> None:
    names = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "system:nodes"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "system:masters"),
            x509.NameAttribute(NameOID.COMMON_NAME, "system:node:w1"),
        ]
    )
    made = x509.CertificateSigningRequestBuilder().subject_name(names).sign(KEY, hashes.SHA256())
    assert objection(joining(made.public_bytes(serialization.Encoding.PEM).decode()), (W1,)) is not None


def test_a_client_has_no_alternative_names() -> None:
    assert (
        objection(joining(signed(W1_NAMES, x509.DNSName("w1"))), (W1,))
        == "a client certificate has no alternative names"
    )


def test_an_authority_is_not_asked_for() -> None:
    authority = x509.BasicConstraints(ca=True, path_length=None)
    assert objection(joining(signed(W1_NAMES, more=(authority,))), (W1,)) == "it requests more than a node's identity"


@pytest.mark.parametrize(
    "usages", [["client auth"], ["server auth", "client auth"], ["server auth", "cert sign"], ["digital signature"], []]
)
def test_a_serving_certificate_serves_and_does_nothing_else(usages: list[str]) -> None:
    assert "usages" in str(objection(serving(usages=usages), (W1,)))


def test_other_signers_requests_are_not_looked_at() -> None:
    assert "is not one of this cluster's signers" in str(
        objection(serving(signerName="kubernetes.io/kube-apiserver-client"), (W1,))
    )


def test_what_is_no_request_is_refused_by_its_reason() -> None:
    for text in ("", "nothing", signed(W1_NAMES) * 2, signed(W1_NAMES).replace("M", "", 1)):
        assert objection(joining(text or "-"), (W1,)) is not None
    with pytest.raises(NotARequest, match="no PEM"):
        from_pem("nothing")
