from datetime import UTC, datetime

from cryptography import x509

from tests.unit.workbench.lab.authority import chain
from workbench.lab.expiry import expired


def test_an_expired_certificate_is_the_same_one_but_over() -> None:
    made = chain(name="api.test", address="127.0.0.1")
    before = x509.load_pem_x509_certificate(made.server.certificate.encode())
    after = x509.load_pem_x509_certificate(expired(made.server.certificate, made.authority_key).encode())
    assert after.not_valid_after_utc < datetime.now(UTC)
    assert after.public_key() == before.public_key()
    assert list(after.extensions) == list(before.extensions)
    after.verify_directly_issued_by(x509.load_pem_x509_certificate(made.authority.encode()))
