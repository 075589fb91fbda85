"""Lifetimes, algorithm and where the authorities come from."""

from typing import Literal

from plan.settings.model import Model


class Certificates(Model):
    """How leaves and authorities are made. Hours, because pulumi-tls counts in them."""

    algorithm: Literal["ECDSA-P256", "ECDSA-P384", "RSA-3072", "RSA-4096"] = "ECDSA-P256"
    authority_hours: int = 87_600  # ten years, as kubeadm
    leaf_hours: int = 8_760  # one year, the most that is accepted
    early_renewal_hours: int = 720  # thirty days
    # generated: made by this program. provided: PEM of one's own CAs in the secret `authorityFiles`, keys included.
    # external: like provided, but no CA key ever reaches a node (kubeadm's external CA mode).
    authorities: Literal["generated", "provided", "external"] = "generated"
    # A protected authority survives `pulumi destroy` until it is unprotected: losing it means a new cluster identity.
    protect: bool = False
