"""What settings must be, beyond their form: one module for each subject, one function for each thing that must hold.

A bound is a function from settings to the refusals it finds; it never stops at the first.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress

from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.model import Unread
from plan.validation import (
    addons,
    addresses,
    aws_access,
    aws_machines,
    aws_network,
    aws_place,
    aws_services,
    backups,
    balancing,
    capacity,
    endpoint,
    etcd,
    generations,
    lifetimes,
    members,
    names,
    namespaces,
    pod_network,
    pod_ranges,
    programs,
    ranges,
    reach,
    repositories,
    virtual_ip,
    workers,
)

Bound = Callable[[Settings], Iterator[Refusal]]

BOUNDS: tuple[Bound, ...] = (
    members.count,
    members.failure_domains,
    names.cluster,
    names.form,
    names.once,
    names.failure_domains,
    addresses.once,
    addresses.inside,
    addresses.gateway,
    reach.ssh,
    reach.private_key,
    reach.host_keys,
    reach.local_machines,
    ranges.families,
    ranges.overlaps,
    ranges.special,
    ranges.service_sizes,
    ranges.pod_sizes,
    pod_ranges.given,
    pod_ranges.apart,
    pod_network.one_family,
    workers.kind,
    pod_network.own_vpc,
    ranges.dns_domain,
    ranges.time_servers,
    endpoint.name,
    endpoint.no_host,
    endpoint.outside_cluster,
    endpoint.port,
    balancing.kinds,
    balancing.dedicated,
    virtual_ip.place,
    virtual_ip.protocol,
    etcd.heartbeats,
    etcd.round_trips,
    etcd.longest_election,
    etcd.quota,
    lifetimes.leaves,
    lifetimes.authorities,
    lifetimes.renewal,
    generations.authorities,
    generations.encryption_keys,
    programs.kubernetes,
    programs.etcd,
    programs.source,
    repositories.repositories,
    programs.reserved,
    programs.images,
    programs.audit_log,
    aws_place.section,
    addons.images,
    addons.networks,
    addons.charts,
    addons.dns,
    addons.stub_domains,
    addons.external_dns,
    addons.cloud_controller,
    addons.metrics_server,
    namespaces.names,
    namespaces.bounds,
    namespaces.quotas,
    namespaces.groups,
    capacity.memory,
    backups.place,
    backups.often,
    backups.kept,
    backups.directory,
    backups.send,
)

AWS: tuple[Bound, ...] = (
    aws_place.account,
    aws_place.region,
    aws_place.zones,
    aws_place.key,
    aws_place.topic,
    aws_place.names,
    aws_network.vpc,
    aws_network.subnets,
    aws_network.existing,
    aws_network.addresses,
    aws_network.room,
    aws_network.openings,
    aws_access.way,
    aws_access.public_key,
    aws_machines.kind,
    aws_machines.image,
    aws_machines.root,
    aws_machines.volume,
    aws_services.clients,
    aws_services.drain,
    aws_services.domain,
    aws_services.buckets,
    aws_services.backups,
    aws_services.algorithm,
    aws_services.watch,
)


def problems(settings: Settings) -> Iterator[Refusal]:
    """Everything that is out of bounds. What could not be read (`partly_read`) was reported already and is left out."""
    for bound in BOUNDS:
        with suppress(Unread):
            yield from bound(settings)
    for bound in AWS:
        with suppress(Unread):
            if settings.kind == "aws":
                yield from bound(settings)
