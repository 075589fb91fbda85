"""A control plane by hand: certificates by pulumi-tls, programs by systemd units on own hosts."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_tls as tls

from tests.policy.foreign.parts.hosts import Host

YEAR, MONTH = 8760, 720
PROTECTED = pulumi.ResourceOptions(protect=True)
SERVER, CLIENT = ["digital_signature", "key_encipherment", "server_auth"], ["digital_signature", "client_auth"]
SIGNING = ["cert_signing", "crl_signing", "digital_signature"]


@dataclass(frozen=True)
class Authority:
    """A key and its certificate."""

    key: tls.PrivateKey
    certificate: pulumi.Output[str]


def root(name: str, *, key: tls.PrivateKey | None = None) -> Authority:
    """An authority that signs itself. `key`: one that another authority has too."""
    own = key or tls.PrivateKey(name, algorithm="ECDSA", ecdsa_curve="P384", opts=PROTECTED)
    made = tls.SelfSignedCert(
        name,
        private_key_pem=own.private_key_pem,
        subject=tls.SelfSignedCertSubjectArgs(common_name=name),
        is_ca_certificate=True,
        validity_period_hours=10 * YEAR,
        allowed_uses=SIGNING,
        opts=PROTECTED,
    )
    return Authority(own, made.cert_pem)


def intermediate(name: str, parent: Authority) -> Authority:
    """An authority signed by another one."""
    own = tls.PrivateKey(name, algorithm="ECDSA", ecdsa_curve="P384", opts=PROTECTED)
    request = tls.CertRequest(
        name, private_key_pem=own.private_key_pem, subject=tls.CertRequestSubjectArgs(common_name=name)
    )
    made = tls.LocallySignedCert(
        name,
        cert_request_pem=request.cert_request_pem,
        ca_private_key_pem=parent.key.private_key_pem,
        ca_cert_pem=parent.certificate,
        is_ca_certificate=True,
        validity_period_hours=5 * YEAR,
        allowed_uses=SIGNING,
        opts=PROTECTED,
    )
    return Authority(own, made.cert_pem)


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """What one leaf certificate is for."""

    name: str
    common_name: str
    uses: Sequence[str]
    organization: str | None = None
    dns_names: Sequence[str] = ()
    addresses: Sequence[str] = ()
    hours: int = YEAR
    signs: bool = False


@dataclass(frozen=True)
class Issued:
    """A leaf's key and certificate, as PEM."""

    key: pulumi.Output[str]
    certificate: pulumi.Output[str]


def issue(leaf: Leaf, by: Authority) -> Issued:
    """Key, request and certificate of one leaf."""
    key = tls.PrivateKey(leaf.name, algorithm="ECDSA", ecdsa_curve="P256")
    request = tls.CertRequest(
        leaf.name,
        private_key_pem=key.private_key_pem,
        subject=tls.CertRequestSubjectArgs(common_name=leaf.common_name, organization=leaf.organization),
        dns_names=list(leaf.dns_names) or None,
        ip_addresses=list(leaf.addresses) or None,
    )
    made = tls.LocallySignedCert(
        leaf.name,
        cert_request_pem=request.cert_request_pem,
        ca_private_key_pem=by.key.private_key_pem,
        ca_cert_pem=by.certificate,
        validity_period_hours=leaf.hours,
        early_renewal_hours=MONTH,
        allowed_uses=list(leaf.uses),
        is_ca_certificate=leaf.signs or None,
    )
    return Issued(key.private_key_pem, made.cert_pem)


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """The facts that its certificates must name."""

    name: str
    endpoint: str
    nodes: Sequence[Host]
    service: str = "10.32.0.1"
    address: str | None = None
    extra: Sequence[str] = field(default_factory=tuple)

    def api_server(self, me: Host, *, endpoint: bool = True, hours: int = YEAR, signs: bool = False) -> Leaf:
        """The leaf of one API server. `endpoint`: it names the endpoint."""
        names = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"]
        names += [node.name for node in self.nodes] + ["localhost", *self.extra] + [self.endpoint] * endpoint
        addresses = [self.service, "127.0.0.1", *(node.address for node in self.nodes)]
        addresses += [self.address] if self.address else []
        return Leaf(
            name=f"{me.name}-apiserver",
            common_name="kube-apiserver",
            uses=SERVER + ["cert_signing"] * signs,
            dns_names=names,
            addresses=addresses,
            hours=hours,
            signs=signs,
        )

    def member(self, node: Host) -> Leaf:
        """One etcd member's leaf, for clients and peers alike."""
        return Leaf(
            name=f"{node.name}-etcd",
            common_name=node.name,
            uses=[*SERVER, "client_auth"],
            dns_names=[node.name, "localhost"],
            addresses=[node.address, "127.0.0.1"],
        )

    def client(self, me: Host, role: str, common_name: str, organization: str | None = None) -> Leaf:
        """A client's leaf on one node."""
        return Leaf(name=f"{me.name}-{role}", common_name=common_name, uses=CLIENT, organization=organization)
