"""Where keys are stored: on which machines, and whether as secrets."""

from collections.abc import Iterator, Mapping

from policies.properties import Properties, Value
from policies.references import PKI
from policies.resources import Resource
from policies.rule import Scope, Severity, rule
from policies.scope import KEY
from policies.stack import Stack, view
from policies.views.certificates import REQUEST, Certificate
from policies.views.custody import Holder, holders, users
from policies.views.hosts import CONFIGURATION, INSTANCE, SPOT, TEMPLATE
from policies.views.machines import hosts
from policies.views.purposes import authorities, certificates
from policies.violation import Violation

PRIVATE = "PRIVATE KEY-----"
PROVIDER = "pulumi:providers:kubernetes"
PARAMETER = "aws:ssm/parameter:Parameter"
BOOTED = (INSTANCE, SPOT, TEMPLATE, CONFIGURATION)  # P37 judges their user data


def signing_keys(stack: Stack) -> Mapping[str, str]:
    """Key URN to the name of the authority that signs with it."""
    return {authority.key.urn: authority.resource.name for authority in authorities(stack) if authority.key}


@view
def cluster_keys(stack: Stack) -> tuple[Resource, ...]:
    """Private keys of the cluster: those of its authorities and leaves, and those that its machines get."""
    urns = {*signing_keys(stack), *leaf_keys(stack), *(urn for holder in holders(stack) for urn in holder.keys)}
    return tuple(key for urn in sorted(urns) if (key := stack.at(urn)) is not None)


@view
def holders_by_key(stack: Stack) -> Mapping[str, tuple[Holder, ...]]:
    """Where each key is, by the key's URN."""
    found: dict[str, tuple[Holder, ...]] = {}
    for holder in holders(stack):
        for urn in holder.keys:
            found[urn] = (*found.get(urn, ()), holder)
    return found


def leaf_keys(stack: Stack) -> Mapping[str, Certificate]:
    """Key URN to the leaf that it belongs to."""
    return {certificate.key.urn: certificate for certificate in certificates(stack) if certificate.key}


def beside_the_authority(stack: Stack, certificate: Certificate) -> bool:
    """Whether the leaf's key is only on machines that have the key of its issuer anyway."""
    holding = holders_by_key(stack).get(certificate.key.urn, ()) if certificate.key else ()
    return bool(holding) and all(certificate.signer in holder.keys for holder in holding)


def stays_in_the_state(stack: Stack, certificate: Certificate) -> bool:
    """Whether only a Kubernetes provider gets the leaf's key, so that it is stored beside the key that signed it."""
    if certificate.key is None:
        return False
    kinds = {user.type for user in users(stack).get(certificate.key.urn, ())}
    return PROVIDER in kinds and kinds <= {PROVIDER, REQUEST}


@rule(
    id="P48",
    title="Shared keys are the same on every control-plane node, and a leaf's key is on one machine only",
    fix="Give each node the same authorities and service-account key, and its own leaves.",
    evidence=KEY,
    severity=Severity.CRITICAL,
    references=(PKI,),
)
def same_shared_keys(stack: Stack) -> Iterator[Violation]:
    """Nodes with different authorities refuse each other's tokens and certificates; a copied key is easier to steal."""
    members = [holder for holder in holders(stack) if holder.plane]
    signing, leaves = signing_keys(stack), leaf_keys(stack)
    for urn in sorted({urn for holder in members for urn in holder.keys}):
        having = [holder for holder in holders_by_key(stack).get(urn, ()) if holder.plane]
        key = stack.at(urn)
        if urn in leaves and urn not in signing:
            if len(having) > 1:
                places = ", ".join(holder.name for holder in having)
                yield leaves[urn].violation(f"its key is on {len(having)} machines: {places}")
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
    title="Every private key is a secret",
    fix="Pass the key as a secret (pulumi.Output.secret), to a property that the provider keeps secret.",
    evidence=KEY,
    severity=Severity.CRITICAL,
    scope=Scope.RESOURCE,
    references=("Pulumi documentation: secrets",),
)
def no_clear_keys(stack: Stack) -> Iterator[Violation]:
    """A key that is not a secret appears in the state file, in previews and in logs, for anyone who can read those."""
    for resource, because in _in_scope(stack).values():
        for path in _clear(resource.properties):
            what = f"a private key is not a secret in {path}"
            yield Violation(what=what, urn=resource.urn, because=because)
        if resource.type == PARAMETER and resource.properties.known("type"):
            value = resource.properties.raw("value")
            if isinstance(value, str) and PRIVATE in value and resource.properties.text("type") != "SecureString":
                yield resource.violation("a private key is stored in a parameter that is not a SecureString")


def _in_scope(stack: Stack) -> Mapping[str, tuple[Resource, str]]:
    """Resources that set up a machine of the cluster, and those that use one of the cluster's keys."""
    found = {p.urn: (p, h.because) for h in hosts(stack) if h.role != "other" for p in h.parts if p.type not in BOOTED}
    for key in cluster_keys(stack):
        for user in users(stack).get(key.urn, ()):
            found.setdefault(user.urn, (user, f"{user.name} is judged because it uses the cluster's {key.name}"))
    # This project's own component, and a secret store that only it writes to.
    for resource in stack.resources:
        if resource.urn.split("::")[2:3] and resource.urn.split("::")[2].startswith("quorate:"):
            found.setdefault(resource.urn, (resource, f"{resource.name} is judged because it belongs to Quorate"))
    return found


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
