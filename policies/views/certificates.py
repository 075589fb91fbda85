"""pulumi-tls certificates, put together with their request, key and issuer by what refers to what."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from policies.properties import Undecidable
from policies.resources import Resource
from policies.stack import Stack, view
from policies.violation import Violation

KEY = "tls:index/privateKey:PrivateKey"
REQUEST = "tls:index/certRequest:CertRequest"
SELF_SIGNED = "tls:index/selfSignedCert:SelfSignedCert"
LEAF = "tls:index/locallySignedCert:LocallySignedCert"
KUBERNETES = frozenset({"kubernetes", "kubernetes.default", "kubernetes.default.svc"})


@dataclass(frozen=True, kw_only=True, eq=False)
class Authority:
    """A self-signed certificate that may sign, and its key."""

    resource: Resource
    common_name: str
    key: Resource | None

    def violation(self, what: str) -> Violation:
        """A violation of this authority."""
        return self.resource.violation(what)


@dataclass(frozen=True, kw_only=True, eq=False)
class Certificate:
    """A leaf. `issuer` says who signs: the URN of an authority, or a digest of a certificate that was brought along."""

    resource: Resource
    request: Resource | None
    key: Resource | None
    issuer: str
    issuer_name: str  # common name or resource name of the issuer, '' for one that was brought along

    @cached_property
    def common_name(self) -> str:
        """Common name of the subject."""
        return self.request.properties.part("subject").text("commonName") if self.request else ""

    @cached_property
    def organization(self) -> str:
        """Organization of the subject: the group, for RBAC."""
        return self.request.properties.part("subject").text("organization") if self.request else ""

    @cached_property
    def names(self) -> frozenset[str]:
        """DNS names and addresses together. Raises Undecidable when one of them is not known."""
        if self.request is None:
            return frozenset()
        properties = self.request.properties
        return frozenset((*properties.texts("dnsNames"), *properties.texts("ipAddresses")))

    @cached_property
    def usages(self) -> frozenset[str]:
        """Usages in pulumi-tls's words."""
        return frozenset(self.resource.properties.texts("allowedUses"))

    @property
    def server(self) -> bool:
        """Whether it may serve."""
        return "server_auth" in self.usages

    @property
    def client(self) -> bool:
        """Whether it may be a client."""
        return "client_auth" in self.usages

    @cached_property
    def purpose(self) -> str:
        """apiserver, kubelet, etcd, etcd-client, front-proxy, cluster-client or other; by subject, names and issuer."""
        cn, name, issuer = self.common_name.lower(), self.resource.name.lower(), self.issuer_name.lower()
        if "front-proxy" in cn or "front-proxy" in issuer:
            return "front-proxy"
        if cn.startswith("system:node:"):
            return "kubelet" if self.server else "cluster-client"
        if "etcd" in cn or "etcd" in issuer or "etcd" in name:
            return "etcd" if self.server else "etcd-client"
        if self.server and self._names_the_api(cn, name):
            return "apiserver"
        if cn.startswith("system:") or self.organization.startswith("system:") or self.client:
            return "cluster-client"
        return "other"

    def _names_the_api(self, common_name: str, name: str) -> bool:
        if "apiserver" in common_name or "apiserver" in name:
            return True
        try:
            return bool(KUBERNETES & self.names)
        except Undecidable:
            return True  # what cannot be read yet is judged as the strictest of what it may be

    def violation(self, what: str) -> Violation:
        """A violation of this certificate."""
        return self.resource.violation(f"{self.common_name or self.resource.name}: {what}")


@view
def authorities(stack: Stack) -> tuple[Authority, ...]:
    """Self-signed certificates that may sign."""
    return tuple(
        Authority(
            resource=resource,
            common_name=resource.properties.part("subject").text("commonName"),
            key=next(iter(stack.sources(resource, "privateKeyPem", KEY)), None),
        )
        for resource in stack.of(SELF_SIGNED)
        if resource.properties.flag("isCaCertificate")
    )


@view
def certificates(stack: Stack) -> tuple[Certificate, ...]:
    """Every leaf."""
    return tuple(_leaf(stack, resource) for resource in stack.of(LEAF))


def _leaf(stack: Stack, resource: Resource) -> Certificate:
    request = next(iter(stack.sources(resource, "certRequestPem", REQUEST)), None)
    key = next(iter(stack.sources(request, "privateKeyPem", KEY)), None) if request else None
    issuer, name = _issuer(stack, resource)
    return Certificate(resource=resource, request=request, key=key, issuer=issuer, issuer_name=name)


def _issuer(stack: Stack, resource: Resource) -> tuple[str, str]:
    for source in stack.sources(resource, "caCertPem", SELF_SIGNED, LEAF):
        subject = source.properties.part("subject").text("commonName")
        return source.urn, f"{subject} {source.name}"
    pem = resource.properties.text("caCertPem")
    return hashlib.sha256(pem.strip().encode()).hexdigest(), ""
