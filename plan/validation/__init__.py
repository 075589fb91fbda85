"""Checks of settings beyond their types: one module for each subject, one check for each requirement.

A check is a function from settings to the refusals it finds; it never stops at the first.
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
    aws_traffic,
    backups,
    balancing,
    capacity,
    charts,
    endpoint,
    etcd,
    generations,
    lifetimes,
    members,
    name_service,
    names,
    namespaces,
    numbers,
    pod_network,
    pod_ranges,
    programs,
    proxy,
    ranges,
    reach,
    repositories,
    texts,
    virtual_ip,
    workers,
)

Check = Callable[[Settings], Iterator[Refusal]]

CHECKS: tuple[Check, ...] = (
    numbers.limits,
    texts.grammars,
    members.count,
    members.failure_domains,
    names.form,
    names.once,
    addresses.once,
    addresses.inside,
    addresses.gateway,
    reach.ssh_ports,
    reach.private_key,
    reach.host_keys,
    reach.local_machines,
    ranges.families,
    ranges.overlaps,
    ranges.ordinary,
    ranges.service_sizes,
    ranges.pod_sizes,
    pod_ranges.given,
    pod_ranges.apart,
    pod_network.one_family,
    workers.kind,
    pod_network.own_vpc,
    endpoint.names,
    endpoint.no_host,
    endpoint.outside_cluster,
    endpoint.once,
    endpoint.issuers,
    endpoint.port,
    balancing.kinds,
    balancing.dedicated,
    virtual_ip.place,
    etcd.heartbeats,
    etcd.round_trips,
    lifetimes.authorities,
    lifetimes.renewal,
    generations.authorities,
    generations.encryption_keys,
    programs.kubernetes,
    programs.etcd,
    programs.source,
    repositories.repositories,
    programs.reservations,
    programs.audit_log,
    proxy.addresses,
    proxy.exceptions,
    aws_place.section,
    addons.images,
    addons.cloud_controller,
    charts.networks,
    charts.charts,
    name_service.replicas,
    name_service.stub_domains,
    name_service.resolvers,
    name_service.external_dns,
    namespaces.names,
    namespaces.bounds,
    namespaces.quotas,
    namespaces.groups,
    capacity.memory,
    backups.place,
    backups.often,
    backups.directory,
    backups.send,
)

AWS: tuple[Check, ...] = (
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
    aws_access.way,
    aws_access.public_key,
    aws_traffic.openings,
    aws_traffic.workers,
    aws_traffic.egress,
    aws_traffic.flow_logs,
    aws_machines.kind,
    aws_machines.volume,
    aws_services.clients,
    aws_services.domain,
    aws_services.buckets,
    aws_services.backups,
    aws_services.algorithm,
    aws_services.watch,
    capacity.processors,
)


def problems(settings: Settings) -> Iterator[Refusal]:
    """Returns all refusals. Settings that could not be read (`partly_read`) are reported already and left out here."""
    checks = [*CHECKS]
    with suppress(Unread):
        checks += AWS if settings.kind == "aws" else ()
    for check in checks:
        with suppress(Unread):
            yield from check(settings)
