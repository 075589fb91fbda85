"""Where keys lie: what leaves which machine, and what travels in the clear."""

from collections.abc import Iterator, Mapping

from policies.properties import Properties, Value
from policies.references import PKI
from policies.rule import Scope, Severity, rule
from policies.stack import Stack
from policies.views.certificates import REQUEST, Certificate, authorities, certificates
from policies.views.holders import holders
from policies.violation import Violation

PRIVATE = "PRIVATE KEY-----"
PROVIDER = "pulumi:providers:kubernetes"


def signing_keys(stack: Stack) -> Mapping[str, str]:
    """Key URN to the name of the authority that signs with it."""
    return {authority.key.urn: authority.resource.name for authority in authorities(stack) if authority.key}


def leaf_keys(stack: Stack) -> Mapping[str, Certificate]:
    """Key URN to the leaf that it belongs to."""
    return {certificate.key.urn: certificate for certificate in certificates(stack) if certificate.key}


def beside_the_authority(stack: Stack, certificate: Certificate) -> bool:
    """Whether the leaf's key only lies on machines that have the key of its issuer anyway."""
    issuers = {a.key.urn for a in authorities(stack) if a.key and a.resource.urn == certificate.issuer}
    holding = [h for h in holders(stack) if certificate.key and certificate.key.urn in h.keys]
    return bool(holding) and all(issuers & holder.keys for holder in holding)


def stays_in_the_state(stack: Stack, certificate: Certificate) -> bool:
    """Whether the leaf's key goes nowhere but into a provider of objects: it lies beside the key that signed it."""
    if certificate.key is None:
        return False
    urn = certificate.key.urn
    users = [r.type for r in stack.resources if any(urn in made_of for made_of in r.property_depends.values())]
    return PROVIDER in users and set(users) <= {PROVIDER, REQUEST}


@rule(
    id="P48",
    title="What is shared is the same on every control-plane node, and a leaf's key lies on one machine",
    fix="Give each node the same authorities and service-account key, and leaves of its own.",
    severity=Severity.CRITICAL,
    references=(PKI,),
)
def same_shared_keys(stack: Stack) -> Iterator[Violation]:
    """Nodes with different authorities refuse each other's tokens and certificates; a copied leaf is stolen twice."""
    members = [holder for holder in holders(stack) if holder.plane]
    signing, leaves = signing_keys(stack), leaf_keys(stack)
    for urn in sorted({urn for holder in members for urn in holder.keys}):
        having = [holder for holder in members if urn in holder.keys]
        key = stack.at(urn)
        if urn in leaves and urn not in signing:
            if len(having) > 1:
                places = ", ".join(holder.name for holder in having)
                yield leaves[urn].violation(f"its key lies on {len(having)} machines: {places}")
        elif len(having) < len(members):
            lacking = ", ".join(holder.name for holder in members if holder not in having)
            name = signing.get(urn) or (key.name if key else urn)
            yield having[0].resource.violation(f"has the shared key {name}, which {lacking} lacks")
    for urn in sorted({urn for holder in members for urn in holder.authorities}):
        lacking = ", ".join(holder.name for holder in members if urn not in holder.authorities)
        if lacking:
            yield Violation(what=f"{lacking} does not get this authority, which other nodes trust", urn=urn)


@rule(
    id="P49",
    title="No private key travels in the clear",
    fix="Pass the key as a secret (pulumi.Output.secret), to a property that the provider keeps secret.",
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
