"""How the addresses of Services lead to pods."""

from plan.settings.model import Model


class KubeProxy(Model):
    """kube-proxy on every node, in nftables mode."""

    enabled: bool = True
    """false where the container network does it itself, as Cilium can."""

    image: str | None = None
    """null: of the control plane's repository and version."""
