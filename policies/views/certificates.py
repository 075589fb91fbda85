"""pulumi-tls certificates of the cluster, joined with their request, key and issuer by their references."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from policies.addresses import canonical
from policies.properties import Undecidable, Unknown
from policies.resources import Resource
from policies.stack import Stack, view
from policies.violation import Violation

KEY = "tls:index/privateKey:PrivateKey"
REQUEST = "tls:index/certRequest:CertRequest"
SELF_SIGNED = "tls:index/selfSignedCert:SelfSignedCert"
LEAF = "tls:index/locallySignedCert:LocallySignedCert"
USES = frozenset({"server_auth", "client_auth"})


@dataclass(frozen=True, kw_only=True, eq=False)
class Authority:
    """A certificate that may sign: self-signed, or an intermediate."""

    resource: Resource
    common_name: str
    key: Resource | None

    @property
    def identity(self) -> str:
        """What identifies the authority: its key."""
        return self.key.urn if self.key else self.resource.urn

    def violation(self, what: str) -> Violation:
        """A violation of this authority."""
        return self.resource.violation(what)


@dataclass(frozen=True, kw_only=True, eq=False)
class Certificate:
    """A leaf. `issuer` says who signs: the URN of an authority's certificate, or a digest of an imported one.

    `purpose` is apiserver, kubelet, etcd, etcd-client, front-proxy or cluster-client; '' before it is known (a view of
    its own finds it). `because` is the evidence.
    """

    resource: Resource
    request: Resource | None
    key: Resource | None
    issuer: str
    signer: str  # identity of the authority that signs
    purpose: str = ""
    because: str = ""

    @cached_property
    def common_name(self) -> str:
        """Common name of the subject."""
        return self._subject("commonName")

    @cached_property
    def organization(self) -> str:
        """Organization of the subject: the group, for RBAC."""
        return self._subject("organization")

    def _subject(self, name: str) -> str:
        if self.request is None or not self.request.properties.known("subject"):
            return ""
        subject = self.request.properties.part("subject")
        return subject.text(name) if subject.known(name) else ""

    @cached_property
    def known_names(self) -> frozenset[str]:
        """DNS names and addresses that are known now, in one spelling each."""
        found = set()
        for name in ("dnsNames", "ipAddresses"):
            listed = self.request.properties.raw(name) if self.request else None
            found |= (
                {canonical(text) for text in listed if isinstance(text, str)} if isinstance(listed, list) else set()
            )
        return frozenset(found)

    @cached_property
    def unknown_names(self) -> str:
        """Path of the first unknown name; '' if all names are known."""
        for name in ("dnsNames", "ipAddresses"):
            listed = self.request.properties.raw(name) if self.request else None
            if isinstance(listed, Unknown):
                return name
            for index, text in enumerate(listed if isinstance(listed, list) else ()):
                if isinstance(text, Unknown):
                    return f"{name}[{index}]"
        return ""

    def covers(self, name: str) -> bool:
        """Whether it is valid for a name or address. Raises Undecidable if a name that is not known yet decides it."""
        wanted = canonical(name)
        labels = wanted.split(".")
        # RFC 6125: a wildcard stands for exactly one label, the leftmost.
        if wanted in self.known_names or (len(labels) > 1 and f"*.{'.'.join(labels[1:])}" in self.known_names):
            return True
        if self.unknown_names and self.request:
            raise Undecidable(self.unknown_names, self.request.urn)
        return False

    @cached_property
    def usages(self) -> frozenset[str]:
        """Usages in the notation of pulumi-tls."""
        return frozenset(self.resource.properties.texts("allowedUses"))

    @property
    def server(self) -> bool:
        """Whether it may be used by a server."""
        return "server_auth" in self.usages

    @property
    def client(self) -> bool:
        """Whether it may be used by a client."""
        return "client_auth" in self.usages

    def violation(self, what: str) -> Violation:
        """A violation of this certificate."""
        subject = self.common_name or self.resource.name
        return Violation(what=what, urn=self.resource.urn, subject=subject, because=self.because)


@view
def all_authorities(stack: Stack) -> Mapping[str, Authority]:
    """Every certificate that may sign, by URN, of this cluster or another."""
    signing = {source.urn for leaf in stack.of(LEAF) for source in stack.sources(leaf, "caCertPem", LEAF)}
    found = {}
    for resource in stack.of(SELF_SIGNED, LEAF):
        if not resource.properties.known("isCaCertificate") or not resource.properties.flag("isCaCertificate"):
            continue
        if resource.type == LEAF and resource.urn not in signing and USES & _usages(resource):
            continue  # a leaf that claims to be an authority is judged as a leaf
        request = _source(stack, resource, "certRequestPem", REQUEST) if resource.type == LEAF else resource
        subject = request.properties.part("subject").text("commonName") if request else ""
        key = _source(stack, request, "privateKeyPem", KEY) if request else None
        found[resource.urn] = Authority(resource=resource, common_name=subject, key=key)
    return found


@view
def all_leaves(stack: Stack) -> tuple[Certificate, ...]:
    """Every leaf of the stack, for any purpose."""
    authorities = all_authorities(stack)
    return tuple(_leaf(stack, r, authorities) for r in stack.of(LEAF) if r.urn not in authorities)


def _usages(resource: Resource) -> frozenset[str]:
    listed = resource.properties.raw("allowedUses")
    return frozenset(text for text in listed if isinstance(text, str)) if isinstance(listed, list) else frozenset()


def _source(stack: Stack, resource: Resource, name: str, kind: str) -> Resource | None:
    return next(iter(stack.sources(resource, name, kind)), None)


def _leaf(stack: Stack, resource: Resource, authorities: Mapping[str, Authority]) -> Certificate:
    request = _source(stack, resource, "certRequestPem", REQUEST)
    key = _source(stack, request, "privateKeyPem", KEY) if request else None
    issuer = next((s.urn for s in stack.sources(resource, "caCertPem", SELF_SIGNED, LEAF)), "")
    if not issuer:
        pem = resource.properties.raw("caCertPem")
        issuer = hashlib.sha256(pem.strip().encode("utf-8", "replace")).hexdigest() if isinstance(pem, str) else ""
    signer = authorities[issuer].identity if issuer in authorities else issuer
    return Certificate(resource=resource, request=request, key=key, issuer=issuer, signer=signer)
