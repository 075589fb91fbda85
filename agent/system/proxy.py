"""The HTTP proxy of downloads and package managers."""

import os
from collections.abc import Iterable


def use(environment: Iterable[tuple[str, str]]) -> None:
    """Set the variables for this process and its children; curl and urllib read the names in lower case."""
    for name, value in environment:
        os.environ[name] = os.environ[name.lower()] = value


def advice() -> str:
    """What to check about the proxy after a server could not be reached."""
    used = os.environ.get("https_proxy") or os.environ.get("http_proxy")
    if used:
        return f"it was requested through the proxy {used}: check the setting `proxy` and the proxy itself"
    return "no HTTP proxy is set: if nodes reach other networks only through one, set `proxy.http` and run it again"
