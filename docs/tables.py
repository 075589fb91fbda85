"""Renders tables from a plan and from the settings' types."""

from plan import Certificate, Plan
from workbench.markdown import table


def certificates(plan: Plan) -> str:
    """The authorities, then every leaf of the first node; other nodes differ only in name and address."""
    authorities = table(
        ("authority", "common name", "on the nodes", "valid for"),
        (
            (
                a.name,
                f"`{a.common_name}`",
                f"`/etc/kubernetes/pki/{a.path}.crt`" + (" and `.key`" if a.key_on_nodes else ""),
                _days(plan.settings.certificates.authority_hours),
            )
            for a in plan.authorities
        ),
    )
    first = plan.nodes[0].name
    leaves = table(
        ("leaf", "issuer", "subject", "usage", "valid for these names", "where", "lifetime"),
        (_leaf(c) for c in plan.certificates_of(first)),
    )
    renewals = table(
        ("node", "leaves are renewed this long before they expire"),
        ((n.name, _days(plan.certificates_of(n.name)[0].early_renewal_hours)) for n in plan.nodes),
    )
    return (
        f"{authorities}\n\nThe leaves of `{first}`:\n\n{leaves}\n\nNo two nodes renew at the same time:\n\n{renewals}"
    )


def ports(plan: Plan) -> str:
    """Render the firewall matrix."""
    rows = (
        (str(p.number) if p.number is not None else "-", p.protocol.upper(), p.source, p.target, p.why)
        for p in plan.ports
    )
    return table(("port", "protocol", "from", "to", "why"), rows)


def _leaf(certificate: Certificate) -> tuple[str, ...]:
    subject = f"`{certificate.subject.common_name}`"
    if certificate.subject.organization:
        subject += f" in `{certificate.subject.organization}`"
    usages = [u.removesuffix("_auth") for u in certificate.usages if u.endswith("_auth")]
    names = [*certificate.dns_names, *(str(a) for a in certificate.addresses)]
    where = certificate.kubeconfig or f"{certificate.path}.crt"
    return (
        certificate.name,
        certificate.issuer.name,
        subject,
        " and ".join(usages),
        "<br/>".join(names) or "-",
        f"`{where}`",
        _days(certificate.lifetime_hours),
    )


def _days(hours: int) -> str:
    return f"{hours // 24} days"
