"""A leaf certificate, as data: the tree, the policies, the expiry report and the docs use the same tuple."""

from dataclasses import dataclass
from typing import Literal

from plan.certificates.authorities import Authority
from plan.nodes import Address

Usage = Literal["digital_signature", "key_encipherment", "server_auth", "client_auth"]

SERVER: tuple[Usage, ...] = ("digital_signature", "key_encipherment", "server_auth")
CLIENT: tuple[Usage, ...] = ("digital_signature", "key_encipherment", "client_auth")
# etcd members dial each other and etcd's own gateway dials its server, so both certificates act as server and client.
BOTH: tuple[Usage, ...] = ("digital_signature", "key_encipherment", "server_auth", "client_auth")


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What RBAC reads: user (common name) and group (organization)."""

    common_name: str
    organization: str | None = None


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """One leaf to be issued, for exactly one node, or with `node` None for the program itself.

    `path` is the absolute file name on the node without `.crt` and `.key`; None if the pair is only inside
    `kubeconfig`, the absolute name of a kubeconfig file. The program's own certificate has neither. Lifetimes are in
    hours.
    """

    name: str
    node: str | None
    issuer: Authority
    subject: Subject
    usages: tuple[Usage, ...]
    dns_names: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    lifetime_hours: int
    early_renewal_hours: int
    path: str | None = None
    kubeconfig: str | None = None

    @property
    def title(self) -> str:
        """Its unique name in the cluster, such as `cp2-apiserver`, and the name of its resources."""
        return f"{self.node}-{self.name}" if self.node else self.name
