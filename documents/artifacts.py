"""The files that a node takes from the artifact store."""

from plan.settings import Digest, Settings


def digests(settings: Settings, packages: frozenset[str]) -> tuple[Digest, ...]:
    """The files of the store that a node with these `packages` uses.

    Images of disabled add-ons are left out, because each costs every node a second to import.
    """
    unused = {f"images/{name}.tar" for name, used in _add_ons(settings).items() if not used}
    return tuple(
        digest
        for digest in settings.artifacts.digests
        if digest.path not in unused and (digest.kind != "package" or packages & {*digest.needed_by})
    )


def _add_ons(settings: Settings) -> dict[str, bool]:
    """Images in the store by their archive's name, and whether their add-on is enabled."""
    addons = settings.addons
    return {
        "coredns": addons.enabled and addons.core_dns.enabled,
        "kube-proxy": addons.enabled and addons.kube_proxy.enabled,
        "metrics-server": addons.enabled and addons.metrics_server.enabled,
    }
