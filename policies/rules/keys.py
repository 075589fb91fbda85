"""The strength of keys, and the usages of certificates."""

from collections.abc import Iterator

from policies.references import PKI
from policies.resources import Resource
from policies.rule import Severity, rule
from policies.rules.custody import cluster_keys, signing_keys
from policies.scope import CERTIFICATE, KEY
from policies.stack import Stack
from policies.views.purposes import authorities, certificates
from policies.violation import Violation

CURVES = frozenset({"P256", "P384", "P521"})
FORBIDDEN = frozenset({"any_extended", "data_encipherment"})
NEEDED = {
    "apiserver": frozenset({"server_auth"}),
    "kubelet": frozenset({"server_auth"}),
    # Members dial each other, and etcd's own gateway dials its server with the server's certificate.
    "etcd": frozenset({"server_auth", "client_auth"}),
    "etcd-client": frozenset({"client_auth"}),
    "front-proxy": frozenset({"client_auth"}),
    "cluster-client": frozenset({"client_auth"}),
}


@rule(
    id="P43",
    title="Keys are strong enough for their lifetime",
    fix="Use ECDSA with ecdsaCurve P256 or P384, or RSA of 2048 bits (3072 for authorities); always set it explicitly.",
    evidence=KEY,
    severity=Severity.HIGH,
    references=("NIST SP 800-57 Part 1", "pulumi-tls documentation: ecdsaCurve is P224 by default"),
    thresholds={"leafBits": 2048, "authorityBits": 3072},
)
def strong_keys(stack: Stack, **bits: int) -> Iterator[Violation]:
    """P-224 is refused by browsers and by Go's TLS; RSA below 3072 bits is too weak for ten years."""
    signing = signing_keys(stack)
    for key in cluster_keys(stack):
        weakness = _weakness(key, bits["authorityBits"] if key.urn in signing else bits["leafBits"])
        if weakness:
            yield key.violation(f"the key {key.name} is {weakness}")


def _weakness(key: Resource, bits: int) -> str:
    algorithm = key.properties.text("algorithm").upper()
    if algorithm == "RSA":
        size = int(key.properties.number("rsaBits") or 2048)  # pulumi-tls's default
        return f"RSA with {size} bits, less than {bits}" if size < bits else ""
    if algorithm == "ECDSA":
        curve = key.properties.text("ecdsaCurve") or "P224"  # pulumi-tls's default
        return f"ECDSA on {curve}" if curve not in CURVES else ""
    return "" if algorithm == "ED25519" else f"based on the unknown algorithm {algorithm}"


@rule(
    id="P44",
    title="Each certificate is allowed what its purpose needs, and only authorities sign",
    fix="Set allowedUses: server_auth, client_auth, both for etcd members; cert_signing for authorities only.",
    evidence=CERTIFICATE,
    severity=Severity.HIGH,
    references=(PKI, "RFC 5280: extended key usage"),
)
def fitting_usages(stack: Stack) -> Iterator[Violation]:
    """If a usage is missing, connections fail; if one is extra, a stolen server key can act as client or authority."""
    for certificate in certificates(stack):
        lacking = sorted(NEEDED.get(certificate.purpose, frozenset()) - certificate.usages)
        if lacking:
            yield certificate.violation(f"lacks {', '.join(lacking)}, which {certificate.purpose} needs")
        signs = certificate.resource.properties.flag("isCaCertificate") or "cert_signing" in certificate.usages
        excess = sorted({"cert_signing"} & certificate.usages or {"isCaCertificate"}) if signs else []
        excess += sorted(certificate.usages & FORBIDDEN)
        if excess:
            yield certificate.violation(f"is a leaf that is also allowed {', '.join(excess)}")
    for authority in authorities(stack):
        usages = set(authority.resource.properties.texts("allowedUses"))
        for usage in sorted(usages & FORBIDDEN):
            yield authority.violation(f"the authority {authority.resource.name} is allowed {usage}")
        if "cert_signing" not in usages:
            yield authority.violation(f"the authority {authority.resource.name} is not allowed to sign certificates")
