"""The leaves of the local preset as text, readable in review.

Made again by `python -m tests.unit.plan.golden`.
"""

from pathlib import Path

from plan import Certificate, make
from plan.loading.configuration import read

FILE = Path(__file__).parent / "golden" / "certificates.txt"
HEADER = "Leaf certificates of the local preset. Made by: python -m tests.unit.plan.golden\n"


def rendered() -> str:
    """Every leaf of every node, one block each."""
    return "\n".join([HEADER, *(_block(certificate) for certificate in make(read({"preset": "local"})).certificates)])


def _block(certificate: Certificate) -> str:
    subject = certificate.subject
    lines = {
        "issuer": certificate.issuer.common_name,
        "subject": f"CN={subject.common_name}" + (f", O={subject.organization}" if subject.organization else ""),
        "usages": ", ".join(certificate.usages),
        "names": ", ".join(certificate.dns_names),
        "addresses": ", ".join(str(address) for address in certificate.addresses),
        "hours": f"{certificate.lifetime_hours}, renewed {certificate.early_renewal_hours} before the end",
        "file": f"{certificate.path}.crt, .key" if certificate.path else certificate.kubeconfig or "",
    }
    body = "".join(f"  {key:10}{value}\n" for key, value in lines.items() if value)
    return f"{certificate.node} {certificate.name}\n{body}"


if __name__ == "__main__":
    FILE.write_text(rendered())
