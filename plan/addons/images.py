"""The image of each add-on, if the settings name none.

The versions are the ones that the live tests run; the names are those of the projects' releases.
"""

from plan.settings.cluster import Settings

CORE_DNS = "v1.14.2"
METRICS_SERVER = "v0.9.0"
EXTERNAL_DNS = "v0.20.0"


def core_dns(settings: Settings) -> str:
    """CoreDNS, under kubeadm's name: in the repository of the control plane's images, as mirrors have it."""
    repository = settings.control_plane.image_repository
    return settings.addons.core_dns.image or f"{repository}/coredns/coredns:{CORE_DNS}"


def metrics_server(settings: Settings) -> str:
    """metrics-server, from the same repository."""
    repository = settings.control_plane.image_repository
    return settings.addons.metrics_server.image or f"{repository}/metrics-server/metrics-server:{METRICS_SERVER}"


def external_dns(settings: Settings) -> str:
    """ExternalDNS, from the same repository."""
    repository = settings.control_plane.image_repository
    return settings.addons.external_dns.image or f"{repository}/external-dns/external-dns:{EXTERNAL_DNS}"


def kube_proxy(settings: Settings) -> str:
    """kube-proxy, in the control plane's version."""
    plane = settings.control_plane
    return settings.addons.kube_proxy.image or f"{plane.image_repository}/kube-proxy:v{plane.kubernetes_version}"
