"""HTTP proxies that programs can use, and exceptions that they understand."""

import re
from collections.abc import Iterator
from ipaddress import ip_network

from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.syntax import is_address, is_dns_name, is_web_address
from plan.visible import shown

# curl, Go and Python all accept names, names with a leading dot, addresses and ranges; only some accept a *.
DOMAIN = re.compile(r"\.?(?P<name>[A-Za-z0-9.-]+)")


def addresses(settings: Settings) -> Iterator[Refusal]:
    """Proxies are URLs without credentials."""
    given = settings.proxy
    for key, url in (("http", given.http), ("https", given.https)):
        if url is None:
            continue
        if "@" in url:
            yield Refusal(
                at=f"proxy.{key}",
                what="a URL without user and password",
                found="a URL with credentials (not shown)",
                why="settings are kept in files, states and unit files that others can read",
                fix="configure the proxy to accept the nodes by address",
            )
        elif not is_web_address(url, schemes=("http", "https")):
            why, fix = "package manager, containerd and kubelet connect to it", "such as http://proxy.example.com:3128"
            yield Refusal(at=f"proxy.{key}", what="the URL of a proxy", found=shown(url), why=why, fix=fix)


def exceptions(settings: Settings) -> Iterator[Refusal]:
    """Exceptions have a form that all programs on a node read the same way."""
    given = settings.proxy
    for index, one in enumerate(given.no_proxy):
        if not _exception(one):
            yield Refusal(
                at=f"proxy.noProxy[{index}]",
                what="a name, a domain with a leading dot, an address or a range",
                found=shown(one) if one else "empty",
                why="programs interpret this list differently and only agree on these forms",
                fix="such as .example.com or 10.0.0.0/8",
            )
    if given.no_proxy and given.http is None and given.https is None:
        why, fix = "without a proxy there are no exceptions", "set `proxy.http`, or remove the list"
        yield Refusal(at="proxy.noProxy", what="left out without a proxy", found="set", why=why, fix=fix)


def _exception(text: str) -> bool:
    if is_address(text):
        return True
    try:
        ip_network(text)
    except ValueError:
        match = DOMAIN.fullmatch(text)
        return match is not None and is_dns_name(match["name"].lower())
    return True
