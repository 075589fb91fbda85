"""What a node takes from the artifact store."""

from plan.settings import Digest, Settings


def digests(settings: Settings) -> tuple[Digest, ...]:
    """Every file of the store, less the images of add-ons that are off: each costs every node a second to import."""
    unused = {f"images/{name}.tar" for name, used in _add_ons(settings).items() if not used}
    return tuple(digest for digest in settings.artifacts.digests if digest.path not in unused)


def _add_ons(settings: Settings) -> dict[str, bool]:
    """Images of the store by their archive's name, and whether the add-on that runs them is on."""
    addons = settings.addons
    return {
        "coredns": addons.enabled and addons.core_dns.enabled,
        "kube-proxy": addons.enabled and addons.kube_proxy.enabled,
        "metrics-server": addons.enabled and addons.metrics_server.enabled,
    }
