"""Where the virtual IP is on each host."""

from itertools import chain

from plan.settings import Settings


def interface(settings: Settings, host: str) -> str | None:
    """The interface that carries the virtual IP on the host of that name; None if there is no virtual IP."""
    virtual_ip = settings.endpoint.virtual_ip
    if virtual_ip is None:
        return None
    own = (h.interface for h in chain(settings.nodes, settings.balancers) if h.name == host and h.interface)
    return next(own, virtual_ip.interface)
