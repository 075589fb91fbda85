"""The tree of certificates of one cluster, issued by pulumi-tls."""

from dataclasses import dataclass

import pulumi
import pulumi_tls as tls

from components.authorities import Provided, Signer, signers
from components.keys import private_key
from components.scope import scope
from documents.bundle import bundle
from plan import Certificate, Plan
from plan.certificates.rotation import numbered


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """An issued pair of PEM texts; the key is a secret."""

    certificate_pem: pulumi.Output[str]
    private_key_pem: pulumi.Output[str]


class CertificateTree(pulumi.ComponentResource):
    """Authorities, service-account key, encryption seeds and every leaf of one cluster.

    `signers[authority]`, `trust[authority]` (PEM: the signer's certificate and its chain, then those of the other
    trusted generation), `leaves[node, leaf]` (node None: the program's own), `service_account` and `encryption`
    (ED25519 keys from which the encryption keys are derived, the encrypting one first) are only for the program; the
    component outputs no secret.
    """

    def __init__(
        self,
        name: str,
        *,
        plan: Plan,
        provided: Provided | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        facts = {"cluster": plan.settings.cluster, "authorities": [a.name for a in plan.authorities]}
        super().__init__("quorate:pki:CertificateTree", name, facts, opts)
        self._algorithm = plan.settings.certificates.algorithm
        parent = scope(self, plan, opts)
        below = pulumi.ResourceOptions(parent=parent)
        kept = pulumi.ResourceOptions(parent=parent, protect=plan.settings.certificates.protect)
        known = {a.name: signers(a, plan.settings, provided, kept) for a in plan.authorities}
        self.signers: dict[str, Signer] = {name: generations[0] for name, generations in known.items()}
        self.trust = {name: _trust(generations) for name, generations in known.items()}
        self.service_account = private_key("service-account", self._algorithm, kept)
        self.encryption = tuple(
            private_key(numbered("encryption", generation), "ED25519", kept)
            for generation in plan.settings.control_plane.encryption_keys
        )
        self.leaves = {(c.node, c.name): self._leaf(c, below) for c in plan.certificates}
        self.register_outputs(facts)

    def _leaf(self, certificate: Certificate, opts: pulumi.ResourceOptions) -> Leaf:
        name = certificate.title
        issuer = self.signers[certificate.issuer.name]
        key = private_key(name, self._algorithm, opts)
        request = tls.CertRequest(
            name,
            private_key_pem=key.private_key_pem,
            subject=tls.CertRequestSubjectArgs(
                common_name=certificate.subject.common_name, organization=certificate.subject.organization
            ),
            dns_names=list(certificate.dns_names) or None,
            ip_addresses=[str(address) for address in certificate.addresses] or None,
            opts=opts,
        )
        issued = tls.LocallySignedCert(
            name,
            cert_request_pem=request.cert_request_pem,
            ca_cert_pem=issuer.certificate_pem,
            ca_private_key_pem=issuer.private_key_pem,
            allowed_uses=list(certificate.usages),
            validity_period_hours=certificate.lifetime_hours,
            early_renewal_hours=certificate.early_renewal_hours,
            opts=opts,
        )
        return Leaf(certificate_pem=issued.cert_pem, private_key_pem=key.private_key_pem)


def _trust(generations: tuple[Signer, ...]) -> pulumi.Output[str]:
    return pulumi.Output.all(*(one.chain_pem for one in generations)).apply(bundle)
