"""Who signs what, and for whom."""

import re
from collections import defaultdict
from collections.abc import Iterator

from policies.facts import nodes
from policies.references import PKI
from policies.rule import Severity, rule
from policies.rules.custody import beside_the_authority
from policies.scope import CERTIFICATE
from policies.stack import Stack
from policies.views.certificates import Certificate
from policies.views.control_planes import control_planes
from policies.views.purposes import certificates
from policies.violation import Violation

TRUST = {
    "apiserver": "cluster",
    "kubelet": "cluster",
    "cluster-client": "cluster",
    "etcd": "etcd",
    "etcd-client": "etcd",
    "front-proxy": "front proxy",
}
# Components whose user has the prefix `system:`; without it they have no rights.
BARE = frozenset({"kube-controller-manager", "kube-scheduler", "kube-proxy"})
SYSTEM = re.compile(r"system:(node:.+|kube-controller-manager|kube-scheduler|kube-proxy|konnectivity-server)$")


@rule(
    id="P45",
    title="Cluster, etcd and front proxy each have their own authority",
    fix="Create three authorities and sign each leaf with the one for its purpose.",
    evidence=CERTIFICATE,
    severity=Severity.CRITICAL,
    references=("CIS Kubernetes 1.12: 2.7", PKI),
)
def separate_authorities(stack: Stack) -> Iterator[Violation]:
    """etcd and the aggregation layer trust their authority's certificates: with one for all, every kubelet is root."""
    # Authorities are the same if their key is: two certificates of one key trust each other's leaves.
    signed: dict[str, dict[str, list[Certificate]]] = defaultdict(lambda: defaultdict(list))
    for certificate in certificates(stack):
        if certificate.purpose in TRUST and certificate.signer:
            signed[certificate.signer][TRUST[certificate.purpose]].append(certificate)
    for _, by_trust in sorted(signed.items()):
        if len(by_trust) > 1:
            parts = ", ".join(
                f"{trust} ({certificates[0].resource.name})" for trust, certificates in sorted(by_trust.items())
            )
            first = next(iter(by_trust.values()))[0]
            urn = first.issuer if stack.at(first.issuer) else first.resource.urn
            yield Violation(what=f"one authority signs for {parts}", urn=urn, because=first.because)
    for trust in sorted(set(TRUST.values())):
        issuers = [issuer for issuer, by_trust in sorted(signed.items()) if trust in by_trust]
        if len(issuers) > 1:
            names = ", ".join(signed[issuer][trust][0].resource.name for issuer in issuers)
            yield signed[issuers[-1]][trust][0].violation(f"{len(issuers)} authorities sign for {trust} ({names})")


@rule(
    id="P46",
    title="Certificate subjects are those that Kubernetes gives rights to",
    fix="Use the common name and organization from Kubernetes' table of required certificates.",
    evidence=CERTIFICATE,
    severity=Severity.HIGH,
    references=(PKI, "Kubernetes documentation: using Node authorization"),
)
def known_subjects(stack: Stack) -> Iterator[Violation]:
    """The subject is the user: with a wrong subject, a component has no rights and a node has those of another."""
    every = {node.name for node in nodes(stack)} if control_planes(stack) else set()
    for certificate in certificates(stack):
        name, group = certificate.common_name, certificate.organization
        if (group == "system:nodes") != name.startswith("system:node:"):
            yield certificate.violation(
                f"the organization is {group or 'empty'}: system:nodes is required for node "
                "certificates and not allowed for any other"
            )
        if name in BARE or (name.startswith("system:") and not SYSTEM.match(name)):
            yield certificate.violation("is not a user that Kubernetes knows")
        node = name.removeprefix("system:node:")
        if every and node != name and node not in every:
            yield certificate.violation(f"names a node that the control plane does not have: {node}")


@rule(
    id="P47",
    title="system:masters is only for short-lived certificates, or for machines that hold the authority's key anyway",
    fix="Use the group kubeadm:cluster-admins, which RBAC can take away; for emergencies, issue one for a week.",
    evidence=CERTIFICATE,
    severity=Severity.CRITICAL,
    references=("Kubernetes documentation: RBAC good practices, system:masters", "CIS Kubernetes 1.12: 5.1.7"),
    thresholds={"hours": 168},
)
def rare_masters(stack: Stack, *, hours: int) -> Iterator[Violation]:
    """The group bypasses RBAC, and neither the certificate nor the right can be revoked."""
    for certificate in certificates(stack):
        lives = certificate.resource.properties.number("validityPeriodHours") or 0
        if (
            certificate.organization == "system:masters"
            and lives > hours
            and not beside_the_authority(stack, certificate)
        ):
            yield certificate.violation(f"is in system:masters and lives {lives} h, more than {hours} h")
