from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from provider.protocol.values import Properties
from tests.unit.workbench.asking import Asked, Made, asking


@pytest.fixture(scope="session")
def tls() -> Iterator[Asked]:
    with asking() as asked:
        yield asked


@dataclass(frozen=True)
class Chain:
    """An authority and one server that it has signed."""

    authority_key: Made
    authority: Made
    key: Made
    request: Made
    leaf: Made


def text(made: Made, name: str) -> str:
    value = made.state[name]
    assert isinstance(value, str)
    return value


def key(tls: Asked, curve: str = "P256") -> Made:
    return tls.create("PrivateKey", {"algorithm": "ECDSA", "ecdsaCurve": curve})


AUTHORITY: Properties = {
    "isCaCertificate": True,
    "maxPathLength": 0,
    "allowedUses": ["cert_signing", "crl_signing", "digital_signature"],
    "validityPeriodHours": 87600,
    "subject": {"commonName": "etcd-ca"},
    "setSubjectKeyId": True,
}
LEAF: Properties = {"allowedUses": ["digital_signature", "server_auth", "client_auth"], "validityPeriodHours": 8760}


def chain(tls: Asked, authority_key: Made, leaf_key: Made, **leaf: int) -> Chain:
    authority = tls.create("SelfSignedCert", {**AUTHORITY, "privateKeyPem": text(authority_key, "privateKeyPem")})
    request = tls.create(
        "CertRequest",
        {
            "privateKeyPem": text(leaf_key, "privateKeyPem"),
            "subject": {"commonName": "cp1", "organization": "system:masters"},
            "dnsNames": ["cp1", "localhost"],
            "ipAddresses": ["10.89.0.11", "fd00::11"],
            "uris": ["spiffe://local/cp1"],
        },
    )
    signed: Properties = {
        **LEAF,
        **leaf,
        "certRequestPem": text(request, "certRequestPem"),
        "caCertPem": text(authority, "certPem"),
        "caPrivateKeyPem": text(authority_key, "privateKeyPem"),
    }
    return Chain(authority_key, authority, leaf_key, request, tls.create("LocallySignedCert", signed))


@pytest.fixture(scope="session")
def server(tls: Asked) -> Chain:
    """A chain as the program makes it: P-256 everywhere."""
    return chain(tls, key(tls), key(tls))
