"""Whether Quorate provides the pod network."""

from plan.settings import Settings


def routed(settings: Settings) -> bool:
    """Whether the nodes themselves are the pod network: a range for each, and routes between them."""
    return settings.addons.enabled and settings.addons.pod_network.kind == "routed"
