"""A file on a node: its path, content and mode, and the step of the agent that owns it."""

from dataclasses import dataclass
from typing import Literal

Step = Literal[
    "system",
    "time",
    "runtime",
    "pod-network",
    "etcd",
    "balancer",
    "address",
    "kubelet",
    "control-plane",
    "access",
    "approver",
    "leadership",
    "backup",
]


@dataclass(frozen=True, kw_only=True)
class File:
    """A file whose content is known from the plan. `path` is absolute, on the node; `mode` is its permission bits."""

    path: str
    content: str
    mode: int = 0o644
    step: Step


@dataclass(frozen=True, kw_only=True)
class SecretFile:
    """A file whose text is secret: a private key, a kubeconfig, the encryption configuration."""

    path: str
    mode: int = 0o600
    step: Step


@dataclass(frozen=True, kw_only=True)
class CertificateFile:
    """A file with public key material, known once it is issued: a certificate, or a public key."""

    path: str
    mode: int = 0o644
    step: Step
