"""Stacks without a control plane. The pack has nothing to say about any of them."""

from tests.policy.foreign.case import Alone
from tests.policy.foreign.ordinary import (
    batch,
    build_machines,
    company_authority,
    compose_host,
    data_lake,
    fleet_scheduler,
    kubernetes_workloads,
    managed_kubernetes,
    message_queue,
    monitoring,
    postgres,
    private_network,
    search,
    secret_store,
    stateful_pods,
    static_site,
    web_shop,
)

ALONE: tuple[Alone, ...] = (
    batch.ALONE,
    build_machines.ALONE,
    company_authority.ALONE,
    compose_host.ALONE,
    data_lake.ALONE,
    fleet_scheduler.ALONE,
    kubernetes_workloads.ALONE,
    managed_kubernetes.ALONE,
    message_queue.ALONE,
    monitoring.ALONE,
    postgres.ALONE,
    private_network.ALONE,
    search.ALONE,
    secret_store.ALONE,
    stateful_pods.ALONE,
    static_site.ALONE,
    web_shop.ALONE,
)
