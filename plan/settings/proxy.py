"""HTTP proxies between the nodes and the internet."""

from plan.settings.model import Model


class Proxy(Model):
    """For package managers, the store's downloads, containerd and the kubelet.

    Loopback, nodes, pods, Services, the endpoint and the metadata address never use a proxy.
    """

    http: str | None = None
    """For http:// addresses, such as http://proxy.example.com:3128. Without credentials: settings are not secret."""

    https: str | None = None
    """For https:// addresses; null: as `http`."""

    no_proxy: tuple[str, ...] = ()
    """Additional exceptions: names, domains (`.example.com`), addresses or ranges."""
