"""Hosts and ranges with their paths in the settings.

Unreadable entries are left out, because they are reported already.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TypeVar

from plan.settings.cluster import Settings
from plan.settings.hosts import HostNode
from plan.settings.model import Unread
from plan.settings.values import Address, Range

T = TypeVar("T")


def hosts(settings: Settings) -> Iterator[tuple[str, HostNode]]:
    """Nodes, workers, then balancers, each with its path such as `nodes[1]`."""
    yield from kubernetes_nodes(settings)
    yield from balancers(settings)


def balancers(settings: Settings) -> Iterator[tuple[str, HostNode]]:
    """Hosts that only balance, with their path."""
    with suppress(Unread):
        yield from ((f"balancers[{index}]", host) for index, host in enumerate(settings.balancers))


def kubernetes_nodes(settings: Settings) -> Iterator[tuple[str, HostNode]]:
    """Every host that runs pods, with its path."""
    with suppress(Unread):
        yield from ((f"nodes[{index}]", host) for index, host in enumerate(settings.nodes))
    with suppress(Unread):
        yield from ((f"workers[{index}]", host) for index, host in enumerate(settings.workers))


def names(settings: Settings) -> Iterator[tuple[str, str]]:
    """Every host's name, with the host's path."""
    return _each(settings, lambda host: host.name)


def addresses(settings: Settings) -> Iterator[tuple[str, Address]]:
    """Every host's address, with the host's path."""
    return _each(settings, lambda host: host.address)


def failure_domains(settings: Settings) -> Iterator[tuple[str, str]]:
    """Every host's failure domain, with the host's path."""
    return _each(settings, lambda host: host.failure_domain)


def host_keys(settings: Settings) -> Iterator[tuple[str, str]]:
    """Every pinned host key, with the host's path."""
    return ((at, key) for at, key in _each(settings, lambda host: host.host_key) if key is not None)


def pods(settings: Settings) -> Iterator[tuple[str, Range]]:
    """The ranges of pods, each with its path."""
    with suppress(Unread):
        yield from ((f"network.pods[{index}]", pods) for index, pods in enumerate(settings.network.pods))


def services(settings: Settings) -> Iterator[tuple[str, Range]]:
    """The ranges of Services, each with its path."""
    with suppress(Unread):
        yield from ((f"network.services[{index}]", found) for index, found in enumerate(settings.network.services))


def ranges(settings: Settings) -> Iterator[tuple[str, Range]]:
    """Every range, each with its path."""
    with suppress(Unread):
        yield "network.hosts", settings.network.hosts
    yield from pods(settings)
    yield from services(settings)
    with suppress(Unread):
        given = settings.aws.network.secondary_cidrs if settings.aws else ()
        yield from ((f"aws.network.secondaryCidrs[{index}]", found) for index, found in enumerate(given))


def _each(settings: Settings, part: Callable[[HostNode], T]) -> Iterator[tuple[str, T]]:
    for at, host in hosts(settings):
        with suppress(Unread):
            yield at, part(host)
