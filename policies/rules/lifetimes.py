"""How long certificates live, and when they are renewed."""

from collections.abc import Iterator

from policies.rule import Level, Severity, rule
from policies.rules.custody import beside_the_authority, stays_in_the_state
from policies.scope import AUTHORITY, CERTIFICATE
from policies.stack import Stack
from policies.views.certificates import Certificate
from policies.views.purposes import authorities, certificates
from policies.violation import Violation

YEAR = 8760
GROUPS = frozenset({"system:masters", "kubeadm:cluster-admins"})


def _hours(certificate: Certificate, name: str) -> int:
    return int(certificate.resource.properties.number(name) or 0)


@rule(
    id="P40",
    title="No leaf lives longer than a year",
    fix=f"Set validityPeriodHours to {YEAR} or less, and renew in time.",
    evidence=CERTIFICATE,
    severity=Severity.HIGH,
    references=("Kubernetes documentation: certificate management with kubeadm",),
    thresholds={"hours": YEAR},
)
def short_leaves(stack: Stack, *, hours: int) -> Iterator[Violation]:
    """Kubernetes cannot revoke certificates: a stolen key works until the certificate expires."""
    for certificate in certificates(stack):
        if _hours(certificate, "validityPeriodHours") > hours:
            yield certificate.violation(f"lives {_hours(certificate, 'validityPeriodHours')} h, more than {hours} h")


@rule(
    id="P41",
    title="No authority lives longer than ten years",
    fix="Set validityPeriodHours to 87600 or less.",
    evidence=AUTHORITY,
    severity=Severity.MEDIUM,
    references=("Kubernetes documentation: certificate management with kubeadm",),
    thresholds={"hours": 10 * YEAR},
)
def bounded_authorities(stack: Stack, *, hours: int) -> Iterator[Violation]:
    """After ten years, the people who know how to rotate it have left."""
    for authority in authorities(stack):
        lives = int(authority.resource.properties.number("validityPeriodHours") or 0)
        if lives > hours:
            yield authority.violation(f"lives {lives} h, more than {hours} h")


@rule(
    id="P42",
    title="Leaves are renewed a month before they expire",
    fix="Set earlyRenewalHours to at least 720 (for short-lived certificates, a third of the "
    "lifetime), and less than the lifetime.",
    evidence=CERTIFICATE,
    severity=Severity.HIGH,
    references=("pulumi-tls documentation: earlyRenewalHours",),
    thresholds={"hours": 720},
)
def early_renewal(stack: Stack, *, hours: int) -> Iterator[Violation]:
    """pulumi-tls renews at the update after this point and never by default; an expired leaf stops the cluster.

    Authorities are left out: renewing one on its own would break every certificate that it signed.
    """
    for certificate in certificates(stack):
        early, lives = (_hours(certificate, name) for name in ("earlyRenewalHours", "validityPeriodHours"))
        wanted = min(hours, lives // 3)
        if early < wanted:
            yield certificate.violation(f"is renewed {early} h before it expires, less than {wanted} h")
        elif early >= lives:
            yield certificate.violation(f"is due from the start: renewed {early} h before the end of its {lives} h")


@rule(
    id="P51",
    title="Certificates for people are valid for a day, those for administrators for a week",
    fix="Issue them when they are needed (operations kubeconfig), or use single sign-on.",
    evidence=CERTIFICATE,
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    references=("CIS Kubernetes 1.12: 3.1.1", "Kubernetes documentation: user authentication good practices"),
    thresholds={"person": 24, "administrator": 168},
)
def short_people(stack: Stack, *, person: int, administrator: int) -> Iterator[Violation]:
    """A person's certificate is copied to laptops and cannot be revoked.

    One that is stored only beside the authority's key, on machines or in the state, adds no risk.
    """
    for certificate in certificates(stack):
        name = certificate.common_name
        if certificate.purpose != "cluster-client" or name.startswith(("system:", "kube-")):
            continue
        bound = administrator if certificate.organization in GROUPS else person
        kept = beside_the_authority(stack, certificate) or stays_in_the_state(stack, certificate)
        if _hours(certificate, "validityPeriodHours") > bound and not kept:
            yield certificate.violation(f"lives {_hours(certificate, 'validityPeriodHours')} h, more than {bound} h")
