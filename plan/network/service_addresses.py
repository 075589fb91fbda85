"""Addresses that Kubernetes gives to its own two Services, one per address family."""

from collections.abc import Sequence

from plan.nodes import Address
from plan.settings.values import Range

API_OFFSET = 1  # kube-apiserver gives the first address of the range to the Service `kubernetes`
DNS_OFFSET = 10  # kubeadm gives the tenth to cluster DNS


def service_ips(services: Sequence[Range]) -> tuple[Address, ...]:
    """The API's own service address in each range."""
    return tuple(services_range[API_OFFSET] for services_range in services)


def dns_ips(services: Sequence[Range]) -> tuple[Address, ...]:
    """The cluster DNS service's address in each range."""
    return tuple(services_range[DNS_OFFSET] for services_range in services)
