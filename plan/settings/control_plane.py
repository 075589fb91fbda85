"""What the control-plane processes are told."""

from typing import Literal

from plan.settings.model import Model


class Audit(Model):
    level: Literal["Metadata", "Request", "RequestResponse"] = "Metadata"
    max_age_days: int = 30  # CIS 1.2.17
    max_backups: int = 10  # CIS 1.2.18
    max_size_megabytes: int = 100  # CIS 1.2.19


class Reserved(Model):
    cpu: str = "200m"
    memory: str = "256Mi"


class ControlPlane(Model):
    kubernetes_version: str = "1.36.3"
    audit: Audit = Audit()
    encryption: Literal["secretbox", "none"] = "secretbox"
    kube_reserved: Reserved = Reserved()
    system_reserved: Reserved = Reserved()
    image_repository: str = "registry.k8s.io"
    etcd_servers: Literal["all", "own"] = "all"
