"""How Service addresses reach pods."""

from plan.settings.model import Model


class KubeProxy(Model):
    """kube-proxy on every node, in nftables mode."""

    enabled: bool = True
    """false if the container network replaces it, as Cilium can."""

    image: str | None = None
    """null: from the control plane's repository, in its version."""
