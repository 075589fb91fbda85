"""Serial number and last day, read from DER without any library."""

import base64
import datetime as dt

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.pki.certificate import NotACertificate, from_der, from_text
from tests.unit.agent.issuing import Authority


@pytest.mark.parametrize("days", [-1, 1, 365, 40 * 365])
def test_serial_and_last_day_are_those_of_the_certificate(days: int) -> None:
    pair = Authority("ca").issue("server", "127.0.0.1", days=days) if days > 0 else None
    text = pair.certificate if pair else Authority("ca").certificate
    truth = x509.load_pem_x509_certificate(text.encode())
    facts = from_text(text)
    assert facts.serial == truth.serial_number
    assert facts.not_after == truth.not_valid_after_utc


def test_days_left_are_whole_and_negative_after_the_end() -> None:
    facts = from_text(Authority("ca").issue("server", days=10).certificate)
    now = facts.not_after - dt.timedelta(days=3, hours=1)
    assert facts.days_left(now) == 3
    assert facts.days_left(facts.not_after + dt.timedelta(hours=1)) == -1


def test_a_kubeconfig_shows_the_client_certificate_inside_it() -> None:
    authority = Authority("ca")
    pair = authority.issue("admin")
    inside = base64.b64encode(pair.certificate.encode()).decode()
    other = base64.b64encode(authority.certificate.encode()).decode()
    text = f"clusters:\n- certificate-authority-data: {other}\nusers:\n- client-certificate-data: {inside}\n"
    assert from_text(text) == from_text(pair.certificate)


def test_a_text_without_a_certificate_is_refused() -> None:
    with pytest.raises(NotACertificate, match="no PEM certificate"):
        from_text("kind: Config\n")


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail_in_another_way(der: bytes) -> None:
    with pytest.raises(NotACertificate):
        from_der(der)
