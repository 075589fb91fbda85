"""Checks that no key becomes active before every node accepts it, and that none is removed while it is needed.

The active one (the first authority of a file signs, the first encryption key encrypts) must be accepted on both sides
of a change: nodes get their files one after the other, and both versions are in use until the last one has them.
"""

import re
from collections.abc import Sequence

from agent.etcd.cluster import Cluster
from agent.etcd.gateway import EtcdRefused, Unreachable
from agent.kubernetes import encryption
from agent.kubernetes.kubeadm import CONFIGURATION, PKI
from agent.model.failure import Failed
from agent.model.wanted import Wanted
from agent.pki.certificate import NotACertificate, all_from
from agent.system.host import Host
from agent.system.memory import Memory

_ISSUER = re.compile(r"- name: service-account-issuer\n\s+value: (\S+)")
AUTHORITIES = {
    "cluster": f"{PKI}/ca.crt",
    "etcd": f"{PKI}/etcd/ca.crt",
    "front-proxy": f"{PKI}/front-proxy-ca.crt",
}


def require_orderly(host: Host, wanted: Wanted, cluster: Cluster | None) -> None:
    """Raises Failed, before any change, if a phase of a rotation is missing or comes too early."""
    found = []
    for file in wanted.files:
        try:
            installed = host.path(file.path).read_text()
            if file.path in AUTHORITIES.values():
                before = [one.holder for one in all_from(installed)]
                after = [one.holder for one in all_from(file.content().decode())]
            elif file.path == encryption.PATH:
                before = list(encryption.providers(installed).names)
                after = list(encryption.providers(file.content().decode()).names)
            elif file.path == CONFIGURATION:
                before, after = _issuers(installed), _issuers(file.content().decode())
            else:
                continue
        except (FileNotFoundError, NotACertificate):
            continue  # no file yet, or none in use
        if seen := disorder(before, after):
            what = "issuers of service-account tokens (`controlPlane.serviceAccountIssuers`)"
            found.append(f"{what if file.path == CONFIGURATION else file.path}: {seen}")
        elif file.path == encryption.PATH and (dropped := set(before) - set(after)) and cluster is not None:
            resources = encryption.providers(installed).resources
            found += [f"{file.path}: {reason}" for reason in _still_needed(cluster, dropped, resources)]
    if found:
        raise Failed("nothing was changed: " + "; ".join(found))


def trust(host: Host) -> dict[str, object]:
    """authorities: by name, the digests of those that are trusted, the one that signs first.

    unfinished: whether the last run failed, so that programs of this node may not use them yet.
    """
    found: dict[str, list[str]] = {}
    for name, path in AUTHORITIES.items():
        try:
            found[name] = [one.holder for one in all_from(host.path(path).read_text())]
        except (OSError, NotACertificate):
            found[name] = []
    return {"authorities": found, "unfinished": Memory(host).unfinished}


def disorder(before: Sequence[str], after: Sequence[str]) -> str | None:
    """Why one list may not replace the other; None if it may. Both name the active one first."""
    if not before or not after:
        return None
    if after[0] not in before:
        return (
            f"{after[0]} would become active, but the nodes do not accept it yet: first list it second, run the update "
            "on every node, and only then list it first"
        )
    if before[0] not in after:
        return (
            f"{before[0]} is still active and would no longer be accepted: first list it second, run the update on "
            "every node, and only then leave it out"
        )
    return None


def _issuers(text: str) -> list[str]:
    """Issuers whose tokens the API server of that kubeadm document accepts; the first signs."""
    return [value.strip("'\"") for value in _ISSUER.findall(text)]


def _still_needed(cluster: Cluster, dropped: set[str], resources: tuple[str, ...]) -> list[str]:
    try:
        used = encryption.in_use(cluster.etcd, resources)
    except (Unreachable, EtcdRefused) as error:
        names = ", ".join(sorted(dropped))
        return [f"{names} would be removed, but cannot determine whether an object in etcd still needs it: {error}"]
    return [
        f"{used[name]} objects in etcd can be read only with {name}, which would be removed: rewrite them first "
        "(`python -m operations encryption rotate` does)"
        for name in sorted(dropped & used.keys())
    ]
