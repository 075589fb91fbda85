"""Lifetimes, algorithm and where the authorities come from."""

from typing import Literal

from plan.settings.generations import AuthorityGenerations
from plan.settings.model import Model


class Certificates(Model):
    """How leaves and authorities are made. Hours, because pulumi-tls counts in them."""

    algorithm: Literal["ECDSA-P256", "ECDSA-P384", "RSA-3072", "RSA-4096"] = "ECDSA-P256"
    """Algorithm of authorities and leaves. It cannot change in a running cluster."""

    authority_hours: int = 87_600
    """Lifetime of the authorities; the default, ten years, is kubeadm's and the maximum."""

    leaf_hours: int = 8_760
    """Lifetime of all other certificates; the default, one year, is the maximum."""

    early_renewal_hours: int | None = None
    """How long before expiry a leaf of the first node is renewed; each additional node is 48 hours earlier, or a
    sixteenth of the lifetime if that is less. null: 720, or a third of the lifetime if that is less."""

    authorities: Literal["generated", "provided", "external"] = "generated"
    """`generated`: made by this program. `provided`: your own, keys included, in the secret `authorityFiles`.
    `external`: like provided, but no authority's key reaches a node (kubeadm's external CA mode)."""

    chained: tuple[str, ...] = ()
    """Filled from `authorityFiles`: your own authorities that come with the certificates above them."""

    generations: AuthorityGenerations = AuthorityGenerations()

    protect: bool = False
    """Protected authorities survive `pulumi destroy`: without them the cluster loses its identity."""
