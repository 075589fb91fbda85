"""What each certificate is for, by its usages, its names, its subject and its issuer; certificates without a purpose
are not judged.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from policies.addresses import canonical
from policies.properties import Undecidable
from policies.stack import Stack, view
from policies.views.certificates import (
    Authority,
    Certificate,
    all_authorities,
    all_leaves,
)
from policies.views.custody import holders
from policies.views.hosts import Host
from policies.views.machines import hosts

KUBERNETES = frozenset({"kubernetes", "kubernetes.default", "kubernetes.default.svc"})
# Kubernetes documentation: PKI certificates and requirements. The whole subject must match.
SUBJECTS = {
    "kube-apiserver": "apiserver",
    "kube-etcd": "etcd",
    "kube-etcd-peer": "etcd",
    "kube-etcd-healthcheck-client": "etcd-client",
    "kube-apiserver-etcd-client": "etcd-client",
    "kube-apiserver-kubelet-client": "cluster-client",
    "kubernetes-admin": "cluster-client",
    "front-proxy-client": "front-proxy",
}


@view
def certificates(stack: Stack) -> tuple[Certificate, ...]:
    """Leaves of the cluster, each with its purpose and the evidence for it."""
    plain = all_leaves(stack)
    proven = dict(_proven(stack, plain))
    siblings: dict[str, set[str]] = {}
    for leaf in plain:
        if leaf.resource.urn in proven:
            siblings.setdefault(leaf.signer, set()).add(proven[leaf.resource.urn][0])
    return tuple(
        replace(leaf, purpose=purpose, because=f"{leaf.resource.name} is judged because {clause}")
        for leaf in plain
        if (found := proven.get(leaf.resource.urn) or _beside(stack, leaf, siblings.get(leaf.signer, set())))
        for purpose, clause in (found,)
    )


@view
def authorities(stack: Stack) -> tuple[Authority, ...]:
    """Authorities that sign a certificate of the cluster, or that its machines trust."""
    every = all_authorities(stack)
    wanted = {leaf.issuer for leaf in certificates(stack)}
    wanted |= {urn for holder in holders(stack) for urn in holder.authorities}
    waiting = [urn for urn in wanted if urn in every]
    chained: set[str] = set()
    while waiting:
        urn = waiting.pop()
        if urn not in chained:
            chained.add(urn)
            waiting += [s.urn for s in stack.sources(every[urn].resource, "caCertPem") if s.urn in every]
    return tuple(authority for urn, authority in every.items() if urn in chained)


def _proven(stack: Stack, leaves: tuple[Certificate, ...]) -> Iterator[tuple[str, tuple[str, str]]]:
    members = _identities(host for host in hosts(stack) if host.role == "etcd" or _runs_etcd(host))
    for leaf in leaves:
        if found := _by_itself(leaf, members):
            yield leaf.resource.urn, found


def _by_itself(leaf: Certificate, members: Mapping[str, str]) -> tuple[str, str] | None:
    """The purpose that the certificate's own usages, names and subject prove."""
    names, subject = leaf.known_names, leaf.common_name
    if subject.startswith("system:node:") or leaf.organization == "system:nodes":
        return ("kubelet" if leaf.server else "cluster-client"), f"its subject is {subject}, a kubelet's"
    if leaf.server and KUBERNETES & names:
        return "apiserver", "it is valid for kubernetes.default, the name of every API server"
    if subject.startswith("system:") or leaf.organization.startswith("system:"):
        return "cluster-client", "its subject is a user or group of Kubernetes"
    named = next((members[name] for name in sorted(names) if name in members), "")
    if leaf.server and leaf.client and named:
        return "etcd", f"it is valid for {named}, which runs an etcd member, as server and client"
    return None


def _beside(stack: Stack, leaf: Certificate, siblings: set[str]) -> tuple[str, str] | None:
    """The purpose of a certificate beside proven ones: signed by the same authority, or held by a machine in scope.

    `siblings` are the purposes that its authority is proven to sign for.
    """
    held = held_keys(stack).get(leaf.key.urn, ()) if leaf.key else ()
    if not siblings and not held:
        return None
    clause = "its authority signs for the cluster" if siblings else f"{held[0]} gets its key"
    if leaf.common_name in SUBJECTS:
        return SUBJECTS[leaf.common_name], f"{clause}, and its subject is {leaf.common_name}"
    if leaf.server:
        return _server_beside(stack, leaf, siblings, clause)
    if "etcd" in siblings and not siblings & {"apiserver", "kubelet", "cluster-client"}:
        return "etcd-client", clause
    if siblings or leaf.signer in _serving(stack):
        return "cluster-client", clause
    return "front-proxy", f"{clause}, and its authority only signs clients"


def _server_beside(stack: Stack, leaf: Certificate, siblings: set[str], clause: str) -> tuple[str, str] | None:
    if "etcd" in siblings:
        return "etcd", clause
    if not leaf.known_names & _names(stack):
        return None
    return ("kubelet" if siblings else "etcd"), clause


@view
def _names(stack: Stack) -> frozenset[str]:
    """Names and addresses of the machines in scope."""
    return frozenset(canonical(text) for host in hosts(stack) if host.role != "other" for text in names_of(host))


@view
def _serving(stack: Stack) -> frozenset[str]:
    """Authorities that sign a server's certificate."""
    return frozenset(leaf.signer for leaf in all_leaves(stack) if leaf.server)


@view
def held_keys(stack: Stack) -> Mapping[str, tuple[str, ...]]:
    """Names of the machines in scope that get each key, by the key's URN."""
    found: dict[str, tuple[str, ...]] = {}
    for holder in holders(stack):
        for urn in holder.keys:
            found[urn] = (*found.get(urn, ()), holder.name)
    return found


def names_of(host: Host) -> tuple[str, ...]:
    """Name and known address of a machine."""
    try:
        return tuple(text for text in (host.name, host.address) if text)
    except Undecidable:
        return (host.name,)


def _identities(members: Iterator[Host]) -> Mapping[str, str]:
    return {canonical(text): host.name for host in members for text in names_of(host)}


def _runs_etcd(host: Host) -> bool:
    try:
        return bool(host.etcd) or host.stacked
    except Undecidable:
        return False
