"""What the control-plane processes are told."""

from typing import Literal

from plan.settings.model import Model


class Audit(Model):
    """The API server's audit log; the defaults are the least that the CIS benchmark asks for."""

    level: Literal["Metadata", "Request", "RequestResponse"] = "Metadata"
    max_age_days: int = 30  # CIS 1.2.17
    max_backups: int = 10  # CIS 1.2.18
    max_size_megabytes: int = 100  # CIS 1.2.19


class Reserved(Model):
    """What a node keeps for itself, as Kubernetes quantities."""

    cpu: str = "200m"
    memory: str = "256Mi"


class ControlPlane(Model):
    """Kubernetes itself: one version and one set of flags on every node."""

    kubernetes_version: str = "1.36.3"
    audit: Audit = Audit()
    encryption: Literal["secretbox", "none"] = "secretbox"
    kube_reserved: Reserved = Reserved()
    system_reserved: Reserved = Reserved()
    image_repository: str = "registry.k8s.io"
    etcd_servers: Literal["all", "own"] = "all"
