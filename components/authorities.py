"""Certificate authorities: generated, or provided by the operator (requirements PKI-10, PKI-11)."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_tls as tls

from components.keys import private_key
from documents.bundle import first
from plan import Authority, Settings
from plan.certificates.rotation import numbered

USES = ["cert_signing", "crl_signing", "digital_signature"]


@dataclass(frozen=True, kw_only=True)
class Signer:
    """An issuer of certificates: PEM texts, with the key as a secret.

    `chain_pem`: the certificate, then the chain up to the root; every program that trusts it gets the whole chain.
    """

    certificate_pem: pulumi.Input[str]
    chain_pem: pulumi.Input[str]
    private_key_pem: pulumi.Input[str]


Provided = Mapping[str, Mapping[str, pulumi.Input[str]]]


def signers(
    authority: Authority, settings: Settings, provided: Provided | None, opts: pulumi.ResourceOptions
) -> tuple[Signer, ...]:
    """The authority's certificates and keys, one per generation in use: the first signs, all are trusted.

    `provided` maps an authority's name, with the number from the second generation on (`cluster-2`), to
    `{"certificate": PEM, "key": PEM}`.
    """
    generations = settings.certificates.generations.of(authority.name)
    if settings.certificates.authorities == "generated":
        return tuple(_generated(authority, generation, settings, opts) for generation in generations)
    if provided is None:
        raise ValueError("certificates.authorities is not `generated`, and no authorities were provided")
    return tuple(_provided(numbered(authority.name, generation), settings, provided) for generation in generations)


def _provided(name: str, settings: Settings, provided: Provided) -> Signer:
    pair = provided[name]
    # Only the key is secret, although both come from one secret setting: operations read certificates in the state.
    chain = pulumi.Output.unsecret(pulumi.Output.from_input(pair["certificate"]))
    signer = chain.apply(first) if name in settings.certificates.chained else chain
    return Signer(certificate_pem=signer, chain_pem=chain, private_key_pem=pair["key"])


def _generated(authority: Authority, generation: int, settings: Settings, opts: pulumi.ResourceOptions) -> Signer:
    name = numbered(f"authority-{authority.name}", generation)
    key = private_key(name, settings.certificates.algorithm, opts)
    certificate = tls.SelfSignedCert(
        name,
        private_key_pem=key.private_key_pem,
        subject=tls.SelfSignedCertSubjectArgs(common_name=authority.common_name),
        # kubeadm also writes the name as a SAN, which `certs check-expiration` compares.
        dns_names=[authority.common_name],
        is_ca_certificate=True,
        max_path_length=0,
        set_subject_key_id=True,
        allowed_uses=USES,
        validity_period_hours=settings.certificates.authority_hours,
        # No automatic renewal: an authority is replaced by the three-phase rotation, not as a side effect of an update.
        early_renewal_hours=0,
        opts=opts,
    )
    pem = certificate.cert_pem
    return Signer(certificate_pem=pem, chain_pem=pem, private_key_pem=key.private_key_pem)
