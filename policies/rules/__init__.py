"""Every rule of the pack, in the order of their ids. One subject per file."""

from policies.rule import Rule
from policies.rules import (
    api_server,
    authorities,
    backups,
    balancing,
    bootstrap,
    custody,
    encryption,
    endpoint,
    etcd_configuration,
    firewall,
    haproxy,
    keys,
    kubelet,
    lifetimes,
    machines,
    members,
    placement,
    plaintext,
    protection,
    ranges,
    subject_names,
    versions,
    virtual_address,
)

MODULES = (
    api_server, authorities, backups, balancing, bootstrap, custody, encryption, endpoint, etcd_configuration, firewall,
    haproxy, keys, kubelet, lifetimes, machines, members, placement, plaintext, protection, ranges, subject_names,
    versions, virtual_address,
)  # fmt: skip


def number(rule: Rule) -> int:
    """P07 is the seventh."""
    return int(rule.id[1:])


RULES: tuple[Rule, ...] = tuple(
    sorted((r for module in MODULES for r in vars(module).values() if isinstance(r, Rule)), key=number)
)
