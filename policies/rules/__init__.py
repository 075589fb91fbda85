"""Every rule of the pack, in the order of their ids. One subject per file."""

from policies.rule import Rule
from policies.rules import (
    api_server,
    authorities,
    backup_store,
    backups,
    balancing,
    bootstrap,
    cluster_dns,
    cluster_network,
    cluster_rights,
    custody,
    disruptions,
    encryption,
    endpoint,
    etcd_configuration,
    firewall,
    haproxy,
    health_checks,
    keys,
    kubelet,
    lifetimes,
    machines,
    members,
    node_role,
    pass_through,
    placement,
    plaintext,
    protection,
    ranges,
    safe_namespaces,
    storage_classes,
    sturdiness,
    subject_names,
    supply_chain,
    versions,
    virtual_address,
)

MODULES = (
    api_server,
    authorities,
    backup_store,
    backups,
    balancing,
    bootstrap,
    cluster_dns,
    cluster_network,
    cluster_rights,
    custody,
    disruptions,
    encryption,
    endpoint,
    etcd_configuration,
    firewall,
    haproxy,
    health_checks,
    keys,
    kubelet,
    lifetimes,
    machines,
    members,
    node_role,
    pass_through,
    placement,
    plaintext,
    protection,
    ranges,
    safe_namespaces,
    storage_classes,
    sturdiness,
    subject_names,
    supply_chain,
    versions,
    virtual_address,
)


def number(rule: Rule) -> int:
    """P07 is the seventh."""
    return int(rule.id[1:])


RULES: tuple[Rule, ...] = tuple(
    sorted((r for module in MODULES for r in vars(module).values() if isinstance(r, Rule)), key=number)
)
