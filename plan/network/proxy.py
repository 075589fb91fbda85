"""The environment variables that make programs on a node use an HTTP proxy, and the exceptions."""

from collections.abc import Mapping

from plan.settings import Settings

LOOPBACK = ("localhost", "127.0.0.1", "127.0.0.0/8", "::1")
METADATA = (
    "169.254.169.254",
    "fd00:ec2::254",
)  # metadata of instances on AWS; through a proxy, a node would get the proxy's credentials


def environment(settings: Settings) -> Mapping[str, str]:
    """HTTP_PROXY, HTTPS_PROXY and NO_PROXY; empty without a proxy."""
    proxy = settings.proxy
    http, https = proxy.http or proxy.https, proxy.https or proxy.http
    if http is None or https is None:
        return {}
    return {"HTTP_PROXY": http, "HTTPS_PROXY": https, "NO_PROXY": ",".join(exceptions(settings))}


def exceptions(settings: Settings) -> tuple[str, ...]:
    """Destinations that never use the proxy.

    Ranges instead of single nodes, so that a new node changes nothing on the others.
    """
    network, endpoint = settings.network, settings.endpoint
    further = settings.aws.network.ranges if settings.aws else ()
    ranges = (network.hosts, *further, *network.pods, *network.services)
    names = (endpoint.name, *endpoint.other_names, ".svc", network.dns_domain, f".{network.dns_domain}")
    return tuple(dict.fromkeys((*LOOPBACK, *METADATA, *map(str, ranges), *names, *settings.proxy.no_proxy)))
