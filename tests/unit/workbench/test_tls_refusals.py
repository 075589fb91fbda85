"""Bad inputs are refused in the preview, all at once, and no message shows a key."""

import pytest

from provider.protocol.values import UNKNOWN, Properties, Value
from tests.unit.workbench.asking import Asked
from tests.unit.workbench.conftest import Chain, key, text

CERTIFICATE: Properties = {"allowedUses": ["server_auth"], "validityPeriodHours": 1}


@pytest.mark.parametrize(
    ("kind", "inputs", "expected"),
    [
        ("PrivateKey", {}, "algorithm is required"),
        ("PrivateKey", {"algorithm": "DSA"}, "algorithm must be one of RSA, ECDSA, ED25519, not 'DSA'"),
        ("PrivateKey", {"algorithm": "ECDSA", "ecdsaCurve": "P1"}, "ecdsaCurve must be one of P224, P256, P384, P521"),
        ("PrivateKey", {"algorithm": "RSA", "rsaBits": 512}, "rsaBits must be a whole number from 1024 to 16384"),
        ("PrivateKey", {"algorithm": "RSA", "bits": 1}, "bits is not a property that this stand-in implements"),
        ("CertRequest", {"privateKeyPem": "x", "subject": {"name": "n"}}, "subject has the fields"),
        ("CertRequest", {"privateKeyPem": "x", "subject": {"country": "ABC"}}, "subject has a bad field"),
        ("CertRequest", {"privateKeyPem": "x", "subject": "cp1"}, "subject must be a mapping"),
        ("CertRequest", {"privateKeyPem": "x"}, "privateKeyPem cannot be read"),
        ("CertRequest", {"privateKeyPem": "x", "dnsNames": ["ok", "ö"]}, "dnsNames[1] cannot be read"),
        ("CertRequest", {"privateKeyPem": "x", "dnsNames": "cp1"}, "dnsNames must be a list"),
        ("CertRequest", {"privateKeyPem": "x", "ipAddresses": ["10.0.0.256"]}, "ipAddresses[0] cannot be read"),
        ("CertRequest", {"privateKeyPem": "x", "uris": ["nowhere"]}, "uris[0] cannot be read"),
        ("SelfSignedCert", {**CERTIFICATE, "privateKeyPem": "x", "maxPathLength": -2}, "maxPathLength must be"),
        ("SelfSignedCert", {**CERTIFICATE, "privateKeyPem": "x", "allowedUses": ["sing"]}, "allowedUses[0] must be"),
        ("SelfSignedCert", {**CERTIFICATE, "privateKeyPem": "x", "validityPeriodHours": 1.5}, "validityPeriodHours"),
        ("SelfSignedCert", {**CERTIFICATE, "privateKeyPem": "x", "isCaCertificate": "yes"}, "must be true or false"),
        ("LocallySignedCert", CERTIFICATE, "caPrivateKeyPem is required"),
        ("LocallySignedCert", {**CERTIFICATE, "certRequestPem": "x"}, "certRequestPem cannot be read"),
    ],
)
def test_what_is_wrong_is_said(kind: str, inputs: Properties, expected: str, tls: Asked) -> None:
    assert any(problem.startswith(expected) or expected in problem for problem in tls.check(kind, inputs))


def test_all_problems_are_reported_at_once(tls: Asked) -> None:
    problems = tls.check("LocallySignedCert", {"validityPeriodHours": -1, "caCertPem": "x", "extra": 1})
    assert len(problems) == 6


def test_what_is_not_known_yet_is_not_judged(tls: Asked) -> None:
    inputs: dict[str, Value] = {**CERTIFICATE, "privateKeyPem": UNKNOWN, "subject": {"commonName": UNKNOWN}}
    assert tls.check("SelfSignedCert", {**inputs, "dnsNames": [UNKNOWN], "ipAddresses": UNKNOWN}) == []


def test_a_key_that_does_not_belong_to_the_authority_is_refused(tls: Asked, server: Chain) -> None:
    inputs = {**server.leaf.inputs, "caPrivateKeyPem": text(server.key, "privateKeyPem")}
    assert tls.check("LocallySignedCert", inputs) == ["caPrivateKeyPem is not the key of caCertPem"]


def test_a_request_that_its_own_key_did_not_sign_is_refused(tls: Asked, server: Chain) -> None:
    lines = text(server.request, "certRequestPem").splitlines()
    lines[-2] = lines[-2][:-6] + ("A" if lines[-2][-6] != "A" else "B") + lines[-2][-5:]
    inputs = {**server.leaf.inputs, "certRequestPem": "\n".join(lines)}
    assert any(
        problem.startswith("certRequestPem cannot be read") for problem in tls.check("LocallySignedCert", inputs)
    )


@pytest.mark.parametrize("name", [*CERTIFICATE, "caCertPem", "caPrivateKeyPem", "certRequestPem", "caPrivateKeyPemWo"])
def test_a_key_in_the_wrong_place_is_not_shown(name: str, tls: Asked, server: Chain) -> None:
    secret = text(key(tls), "privateKeyPem")
    problems = tls.check("LocallySignedCert", {**server.leaf.inputs, name: secret})
    assert problems
    assert not any(line in problem for problem in problems for line in secret.splitlines())


def test_a_damaged_key_is_not_shown(tls: Asked) -> None:
    lines = text(key(tls), "privateKeyPem").splitlines()
    damaged = "\n".join([lines[0], *lines[2:]])
    problems = tls.check("CertRequest", {"privateKeyPem": damaged})
    assert problems == [
        "privateKeyPem cannot be read; it must be a private key without a passphrase, in PEM or OpenSSH form"
    ]
