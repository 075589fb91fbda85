"""Inputs, defaults and outputs of the four resources, under the names of pulumi-tls 5."""

from dataclasses import dataclass, field

from provider.protocol.values import Properties


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One resource type: required inputs, optional ones with their defaults, and computed outputs."""

    required: tuple[str, ...]
    optional: Properties = field(default_factory=dict)
    computed: tuple[str, ...]

    @property
    def inputs(self) -> tuple[str, ...]:
        """Every input that may be given."""
        return (*self.required, *self.optional)


_NAMES: Properties = {"subject": None, "dnsNames": None, "ipAddresses": None, "uris": None}
_CERTIFICATE: Properties = {
    "earlyRenewalHours": 0,
    "isCaCertificate": False,
    "maxPathLength": None,
    "setSubjectKeyId": False,
}
_CERTIFICATE_COMPUTED = ("certPem", "readyForRenewal", "validityStartTime", "validityEndTime")

KINDS = {
    "PrivateKey": Kind(
        required=("algorithm",),
        optional={"ecdsaCurve": "P224", "rsaBits": 2048},
        computed=(
            "privateKeyPem",
            "privateKeyPemPkcs8",
            "privateKeyOpenssh",
            "publicKeyPem",
            "publicKeyOpenssh",
            "publicKeyFingerprintMd5",
            "publicKeyFingerprintSha256",
        ),
    ),
    "CertRequest": Kind(
        required=("privateKeyPem",),
        optional=_NAMES,
        computed=("certRequestPem", "keyAlgorithm"),
    ),
    "SelfSignedCert": Kind(
        required=("allowedUses", "privateKeyPem", "validityPeriodHours"),
        optional={**_NAMES, **_CERTIFICATE, "setAuthorityKeyId": False},
        computed=(*_CERTIFICATE_COMPUTED, "keyAlgorithm"),
    ),
    "LocallySignedCert": Kind(
        required=("allowedUses", "caCertPem", "caPrivateKeyPem", "certRequestPem", "validityPeriodHours"),
        optional=_CERTIFICATE,
        computed=(*_CERTIFICATE_COMPUTED, "caKeyAlgorithm"),
    ),
}

# What the official provider marks as sensitive.
SECRETS = frozenset({"privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh", "caPrivateKeyPem"})

# Every other input is part of the key or the certificate itself.
CHANGES_IN_PLACE = frozenset({"earlyRenewalHours"})


def token(kind: str) -> str:
    """The complete type token of a resource, such as tls:index/privateKey:PrivateKey."""
    return f"tls:index/{kind[0].lower()}{kind[1:]}:{kind}"
