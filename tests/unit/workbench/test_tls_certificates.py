"""What is made holds what was asked for, and strict verifiers accept it."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_ssh_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from provider.protocol.values import Properties
from tests.unit.workbench.asking import Asked, Made
from tests.unit.workbench.conftest import Chain, chain, key, text


def parsed(made: Made) -> x509.Certificate:
    return x509.load_pem_x509_certificate(text(made, "certPem").encode())


def verify(folder: Path, found: Chain, *options: str) -> subprocess.CompletedProcess[str]:
    authority, leaf = folder / "ca.pem", folder / "leaf.pem"
    authority.write_text(text(found.authority, "certPem"), encoding="ascii")
    leaf.write_text(text(found.leaf, "certPem"), encoding="ascii")
    command = ["openssl", "verify", "-x509_strict", "-CAfile", str(authority), *options, str(leaf)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("purpose", ["sslserver", "sslclient"])
def test_openssl_accepts_a_chain_under_its_strict_rules(purpose: str, server: Chain, tmp_path: Path) -> None:
    done = verify(tmp_path, server, "-purpose", purpose, "-verify_hostname", "cp1")
    assert done.returncode == 0, done.stderr
    assert verify(tmp_path, server, "-verify_ip", "10.89.0.11").returncode == 0
    assert verify(tmp_path, server, "-verify_hostname", "cp2").returncode != 0


@pytest.mark.parametrize("key_inputs", [{"algorithm": "ED25519"}, {"algorithm": "RSA", "rsaBits": 2048}])
def test_openssl_accepts_chains_of_other_algorithms(key_inputs: Properties, tls: Asked, tmp_path: Path) -> None:
    found = chain(tls, tls.create("PrivateKey", key_inputs), tls.create("PrivateKey", key_inputs))
    assert verify(tmp_path, found).returncode == 0
    assert found.leaf.state["caKeyAlgorithm"] == key_inputs["algorithm"]


def test_a_certificate_has_the_names_and_the_subject_of_its_request(server: Chain) -> None:
    leaf = parsed(server.leaf)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["cp1", "localhost"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["10.89.0.11", "fd00::11"]
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == ["spiffe://local/cp1"]
    assert [each.value for each in leaf.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)] == ["system:masters"]
    assert leaf.issuer == parsed(server.authority).subject


def test_a_certificate_has_exactly_the_usages_that_were_asked_for(server: Chain) -> None:
    extensions = parsed(server.leaf).extensions
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert not usage.value.key_cert_sign
    extended = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(extended) == [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]


def test_an_authority_may_sign_leaves_only_as_deep_as_it_was_told(server: Chain) -> None:
    constraints = parsed(server.authority).extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical
    assert constraints.value == x509.BasicConstraints(ca=True, path_length=0)
    own = parsed(server.leaf).extensions.get_extension_for_class(x509.BasicConstraints)
    assert own.value == x509.BasicConstraints(ca=False, path_length=None)


def test_the_lifetime_is_as_long_as_asked_for_and_in_the_outputs(server: Chain) -> None:
    leaf = parsed(server.leaf)
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc == timedelta(hours=8760)
    assert text(server.leaf, "validityEndTime") == f"{leaf.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize(
    ("inputs", "kind"),
    [
        ({"algorithm": "RSA", "rsaBits": 2048}, rsa.RSAPrivateKey),
        ({"algorithm": "ECDSA", "ecdsaCurve": "P384"}, ec.EllipticCurvePrivateKey),
        ({"algorithm": "ED25519"}, ed25519.Ed25519PrivateKey),
    ],
)
def test_every_form_of_a_key_is_the_same_key(inputs: Properties, kind: type, tls: Asked) -> None:
    made = tls.create("PrivateKey", inputs)
    forms = [
        load_pem_private_key(text(made, "privateKeyPem").encode(), None),
        load_pem_private_key(text(made, "privateKeyPemPkcs8").encode(), None),
        load_ssh_private_key(text(made, "privateKeyOpenssh").encode(), None),
    ]
    assert all(isinstance(form, kind) for form in forms)
    public = {form.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo) for form in forms}
    assert public == {text(made, "publicKeyPem").encode()}


def test_the_fingerprint_is_the_one_that_ssh_keygen_prints(tls: Asked, tmp_path: Path) -> None:
    made = tls.create("PrivateKey", {"algorithm": "ED25519"})
    file = tmp_path / "key.pub"
    file.write_text(text(made, "publicKeyOpenssh"), encoding="ascii")
    printed = subprocess.run(["ssh-keygen", "-l", "-f", file], capture_output=True, text=True, check=True).stdout
    assert text(made, "publicKeyFingerprintSha256") == printed.split()[1]


def test_a_curve_that_openssh_does_not_know_has_no_openssh_form(tls: Asked) -> None:
    made = key(tls, "P224")
    assert text(made, "privateKeyOpenssh") == text(made, "publicKeyOpenssh") == ""


def test_two_keys_are_never_the_same(tls: Asked) -> None:
    assert len({text(key(tls), "privateKeyPem") for _ in range(5)}) == 5
