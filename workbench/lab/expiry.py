"""Creates expired certificates with the same names and the same key."""

import base64
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from workbench.lab.machines import Machines
from workbench.lab.stack import Stack

OVER = timedelta(hours=1)  # how long ago they expired
PKI = "/etc/kubernetes/pki"
KUBELET = "/var/lib/kubelet/pki"
AUTHORITIES = (f"{PKI}/ca.crt", f"{PKI}/etcd/ca.crt", f"{PKI}/front-proxy-ca.crt")
_EMBEDDED = re.compile(r"(client-certificate-data:\s*\"?)([A-Za-z0-9+/=]+)")


def expired(certificate: str, authority_key: str) -> str:
    """The PEM text of the certificate, issued again by its authority with an end in the past."""
    former = x509.load_pem_x509_certificate(certificate.encode())
    key = load_pem_private_key(authority_key.encode(), None)
    if not isinstance(key, EllipticCurvePrivateKey | RSAPrivateKey):
        raise TypeError(f"an authority's key is elliptic or RSA, not {type(key).__name__}")
    end = datetime.now(UTC) - OVER
    builder = (
        x509.CertificateBuilder()
        .subject_name(former.subject)
        .issuer_name(former.issuer)
        .public_key(former.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - timedelta(days=1))
        .not_valid_after(end)
    )
    for extension in former.extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def authority_keys(stack: Stack, machines: Machines) -> dict[str, str]:
    """The private keys of the cluster's authorities by the path of the certificate, from the stack's state."""
    state = stack.run("pulumi", "stack", "export", "--stack", stack.name, "--show-secrets", secret=True).good().output
    keys = {_public(key): key for key in _private_keys(json.loads(state)["deployment"]["resources"])}
    name = machines.names[0]
    found = {path: x509.load_pem_x509_certificate(machines.run(name, "cat", path).encode()) for path in AUTHORITIES}
    return {path: keys[_spki(certificate.public_key())] for path, certificate in found.items()}


def expire_all(machines: Machines, name: str, keys: dict[str, str]) -> tuple[str, ...]:
    """Replace every leaf certificate of a node by one that ended an hour ago; their paths."""
    signers = {
        x509.load_pem_x509_certificate(machines.run(name, "cat", path).encode()).subject: key
        for path, key in keys.items()
    }

    def ended(text: str) -> str:
        return expired(text, signers[x509.load_pem_x509_certificate(text.encode()).issuer])

    listed = machines.run(name, "find", PKI, KUBELET, "-name", "*.crt").split()
    leaves = sorted(set(listed) - set(AUTHORITIES) - {f"{PKI}/signing.crt"})
    configurations = machines.run(name, "sh", "-c", "ls /etc/kubernetes/*.conf").split()
    texts = {path: ended(machines.run(name, "cat", path)) for path in leaves}
    for path in configurations:
        text = machines.run(name, "cat", path)
        texts[path] = _EMBEDDED.sub(
            lambda found: found[1] + base64.b64encode(ended(base64.b64decode(found[2]).decode()).encode()).decode(),
            text,
        )
    for path, text in texts.items():
        machines.run(name, "sh", "-c", f"cat > {path} <<'END'\n{text.rstrip()}\nEND\n")
    return tuple(texts)


def _private_keys(resources: Iterable[dict[str, object]]) -> Iterable[str]:
    for resource in resources:
        outputs = resource.get("outputs")
        if resource["type"] == "tls:index/privateKey:PrivateKey" and isinstance(outputs, dict):
            secret = outputs["privateKeyPem"]
            yield json.loads(secret["plaintext"]) if isinstance(secret, dict) else str(secret)


def _public(key: str) -> bytes:
    return _spki(load_pem_private_key(key.encode(), None).public_key())


def _spki(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
