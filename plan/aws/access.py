"""How the API is reached from outside the VPC."""

import hashlib

from plan.aws import names as aws_names
from plan.settings import Settings

FIRST_PORT, PORTS = 20_000, 10_000  # below Linux's and macOS's ephemeral ports (from 32,768)


def proxied(settings: Settings) -> bool:
    """Whether clients outside the VPC need the operations' proxy, because the API is only reachable over SSH."""
    if settings.aws is None:
        return False
    return settings.aws.access.way != "direct"


def proxy_port(settings: Settings) -> int:
    """The proxy's port on the operator's computer: the same on every computer, and different for each cluster."""
    given = aws_names.section(settings).access.proxy_port
    digest = hashlib.sha256(settings.cluster.encode()).digest()
    return given or FIRST_PORT + int.from_bytes(digest[:4]) % PORTS


def proxy_url(settings: Settings) -> str | None:
    """For a kubeconfig; None if clients dial the endpoint directly."""
    return f"http://127.0.0.1:{proxy_port(settings)}" if proxied(settings) else None
