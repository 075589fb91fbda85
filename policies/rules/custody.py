"""Where keys lie: what leaves which machine, and what travels in the clear."""

from collections.abc import Iterator, Mapping

from policies.properties import Properties, Value
from policies.references import PKI
from policies.resources import Resource
from policies.rule import Scope, Severity, rule
from policies.stack import Stack
from policies.views.certificates import KEY, SELF_SIGNED, Certificate
from policies.views.hosts import NODE
from policies.violation import Violation

PRIVATE = "PRIVATE KEY-----"


def keys_of(stack: Stack, node: Resource) -> frozenset[str]:
    """URNs of the private keys that a node gets."""
    return frozenset(key.urn for key in stack.sources(node, "secrets", KEY))


def plane_nodes(stack: Stack) -> list[Resource]:
    """Node resources on which API servers run."""
    return [host.resource for host in stack.hosts() if host.resource.type == NODE and host.is_plane]


def signing_keys(stack: Stack) -> Mapping[str, str]:
    """Key URN to the name of the authority that signs with it."""
    return {authority.key.urn: authority.resource.name for authority in stack.authorities() if authority.key}


def leaf_keys(stack: Stack) -> Mapping[str, Certificate]:
    """Key URN to the leaf that it belongs to."""
    return {certificate.key.urn: certificate for certificate in stack.certificates() if certificate.key}


def beside_the_authority(stack: Stack, certificate: Certificate) -> bool:
    """Whether the leaf's key only lies on machines that have the key of its issuer anyway."""
    issuers = {a.key.urn for a in stack.authorities() if a.key and a.resource.urn == certificate.issuer}
    holders = [n for n in stack.of(NODE) if certificate.key and certificate.key.urn in n.sources("secrets")]
    return bool(holders) and all(issuers & node.sources("secrets") for node in holders)


@rule(
    id="P48",
    title="What is shared is the same on every control-plane node, and a leaf's key lies on one machine",
    mend="Give each node the same authorities and service-account key, and leaves of its own.",
    severity=Severity.CRITICAL,
    references=(PKI,),
)
def same_shared_keys(stack: Stack) -> Iterator[Violation]:
    """Nodes with different authorities refuse each other's tokens and certificates; a copied leaf is stolen twice."""
    members = plane_nodes(stack)
    signing, leaves = signing_keys(stack), leaf_keys(stack)
    held = {node.urn: keys_of(stack, node) for node in members}
    for urn in sorted(frozenset().union(*held.values()) if held else ()):
        having = [node for node in members if urn in held[node.urn]]
        key = stack.at(urn)
        name = signing.get(urn) or (key.name if key else urn)
        if urn in leaves and urn not in signing:
            if len(having) > 1:
                places = ", ".join(node.name for node in having)
                yield leaves[urn].violation(f"its key lies on {len(having)} machines: {places}")
        elif len(having) < len(members):
            lacking = ", ".join(node.name for node in members if node not in having)
            yield having[0].violation(f"has the shared key {name}, which {lacking} lacks")
    trusted = {node.urn: {s.urn for s in stack.sources(node, "files", SELF_SIGNED)} for node in members}
    for urn in sorted(set().union(*trusted.values()) if trusted else ()):
        lacking = ", ".join(node.name for node in members if urn not in trusted[node.urn])
        if lacking:
            yield Violation(what=f"{lacking} does not get this authority, which other nodes trust", urn=urn)


@rule(
    id="P49",
    title="No private key travels in the clear",
    mend="Pass the key as a secret (pulumi.Output.secret), to a property that the provider keeps secret.",
    severity=Severity.CRITICAL,
    scope=Scope.RESOURCE,
    references=("Pulumi documentation: secrets",),
)
def no_clear_keys(stack: Stack) -> Iterator[Violation]:
    """What is not secret stands in the state file, in previews and in logs for everyone who may read those."""
    for resource in stack.resources:
        for path in _clear(resource.properties):
            yield resource.violation(f"a private key stands in the clear in {path}")
        if resource.type == "aws:ssm/parameter:Parameter" and resource.properties.text("type") != "SecureString":
            value = resource.properties.raw("value")
            if isinstance(value, str) and PRIVATE in value:
                yield resource.violation("a private key is stored in a parameter that is no SecureString")


def _clear(properties: Properties) -> Iterator[str]:
    def walk(value: Value, path: str) -> Iterator[str]:
        if isinstance(value, str) and PRIVATE in value:
            yield path
        elif isinstance(value, dict) and path not in properties.secrets:
            for name, inner in value.items():
                yield from walk(inner, f"{path}.{name}" if path else name)
        elif isinstance(value, list) and path not in properties.secrets:
            for index, inner in enumerate(value):
                yield from walk(inner, f"{path}[{index}]")

    return (path for path in walk(dict(properties.values), "") if path not in properties.secrets)
