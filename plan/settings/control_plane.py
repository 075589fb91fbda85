"""How the control-plane processes are configured."""

from typing import Literal

from plan.settings.generations import Generations
from plan.settings.model import Model


class Audit(Model):
    """The API server's audit log; the defaults are the minimum of the CIS benchmark."""

    level: Literal["Metadata", "Request", "RequestResponse"] = "Metadata"
    """What is logged about an ordinary request. For Secrets, only metadata is ever logged."""

    max_age_days: int = 30
    """CIS 1.2.17."""

    max_backups: int = 10
    """Old files that are kept (CIS 1.2.18)."""

    max_size_megabytes: int = 100
    """Size at which a new file is started (CIS 1.2.19)."""


class Reserved(Model):
    """Resources that a node reserves, as Kubernetes quantities such as 500m, 1.5Gi or 1G."""

    cpu: str = "200m"
    memory: str = "256Mi"


class ControlPlane(Model):
    """Kubernetes itself: one version and one set of flags on every node."""

    kubernetes_version: str = "1.36.3"
    """An exact patch release."""

    audit: Audit = Audit()

    service_account_issuers: tuple[str, ...] = ()
    """Issuers of service-account tokens: the first signs, all are accepted. Empty: the endpoint's URL. Set it
    before the endpoint gets another name or port, with the previous URL in the list, or all tokens are refused."""

    encryption: Literal["secretbox", "none"] = "secretbox"
    """How Secrets are encrypted in etcd."""

    encryption_keys: Generations = (1,)
    """Generations of the key: the first encrypts, all of them decrypt. Changed by `python -m operations encryption
    rotate`."""

    kube_reserved: Reserved = Reserved()
    """Reserved for the kubelet and the container runtime."""

    system_reserved: Reserved = Reserved()
    """Reserved for the operating system, etcd and the balancer."""

    image_repository: str = "registry.k8s.io"
    """Where the images of the control plane come from."""

    etcd_servers: Literal["all", "own"] = "own"
    """Members that each API server dials: all of them, or only the one on its own node."""
