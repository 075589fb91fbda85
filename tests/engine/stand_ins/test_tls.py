"""The tls resources through the real engine, from the first preview to destroy."""

import subprocess
from pathlib import Path

from tests.engine.stand_ins.conftest import Make

PROGRAM = """
import pulumi, pulumi_tls as tls

config = pulumi.Config()
authority_key = tls.PrivateKey("ca", algorithm="ECDSA", ecdsa_curve="P256")
authority = tls.SelfSignedCert(
    "ca", private_key_pem=authority_key.private_key_pem, is_ca_certificate=True, validity_period_hours=87600,
    allowed_uses=["cert_signing", "digital_signature"], set_subject_key_id=True,
    subject=tls.SelfSignedCertSubjectArgs(common_name="ca"))
key = tls.PrivateKey("leaf", algorithm="ECDSA", ecdsa_curve="P256")
request = tls.CertRequest(
    "leaf", private_key_pem=key.private_key_pem, dns_names=[config.get("name") or "cp1"],
    subject=tls.CertRequestSubjectArgs(common_name="leaf"))
leaf = tls.LocallySignedCert(
    "leaf", cert_request_pem=request.cert_request_pem, ca_cert_pem=authority.cert_pem,
    ca_private_key_pem=authority_key.private_key_pem, allowed_uses=["server_auth"],
    validity_period_hours=config.get_int("hours") or 8760, early_renewal_hours=config.get_int("early") or 0)
pulumi.export("ca", authority.cert_pem)
pulumi.export("leaf", leaf.cert_pem)
pulumi.export("key", key.private_key_pem)
pulumi.export("token", config.get_secret("token"))
"""
BAD = """
import pulumi_tls as tls

tls.CertRequest("request", private_key_pem="-----BEGIN EC PRIVATE KEY-----\\nhidden\\n", dns_names=["cp 1", "ö"])
"""


def test_a_certificate_lives_from_preview_to_destroy(project: Make, tmp_path: Path) -> None:
    stack = project(PROGRAM)
    assert stack.run("config", "set", "--secret", "token", "s3cret-token").status == 0

    first = stack.preview()
    assert first.status == 0, first.text
    assert first.operations() == {"ca": {"create"}, "leaf": {"create"}, "tried-s": {"create"}}
    made = stack.up()
    assert made.status == 0, made.text
    outputs = stack.outputs()
    for name in ("ca", "leaf"):
        (tmp_path / name).write_text(outputs[name], encoding="ascii")
    verify = [
        "openssl",
        "verify",
        "-x509_strict",
        "-verify_hostname",
        "cp1",
        "-CAfile",
        str(tmp_path / "ca"),
        str(tmp_path / "leaf"),
    ]
    assert subprocess.run(verify, capture_output=True, check=False).returncode == 0

    assert stack.run("preview", "--expect-no-changes").status == 0
    assert stack.up("--expect-no-changes").status == 0
    assert stack.run("refresh", "--yes", "--skip-preview", "--expect-no-changes").status == 0

    stack.configure(early="100")
    assert stack.preview().operations() == {"leaf": {"update"}}
    assert stack.up().status == 0
    assert stack.outputs()["leaf"] == outputs["leaf"]

    stack.configure(name="cp2")
    assert stack.preview().operations() == {"leaf": {"replace"}}
    assert stack.up().status == 0
    changed = stack.outputs()
    assert changed["leaf"] != outputs["leaf"]
    assert changed["key"] == outputs["key"]
    assert changed["ca"] == outputs["ca"]

    stack.configure(hours="50")
    due = stack.up()
    assert due.status == 0, due.text
    assert stack.preview().operations() == {"leaf": {"replace"}}

    shown = "".join(
        stack.run(*words).text for words in (("stack", "output"), ("preview", "--diff"), ("stack", "export"))
    )
    # The last lines of an EC key hold its public half, which is no secret.
    for secret in (changed["key"].splitlines()[1], "s3cret-token"):
        assert secret not in stack.state() + shown

    assert stack.run("destroy", "--yes", "--skip-preview").status == 0
    assert '"resources"' not in stack.run("stack", "export").out


def test_bad_inputs_fail_the_preview_and_show_no_key(project: Make) -> None:
    stack = project(BAD)
    ended = stack.run("preview")
    assert ended.status != 0
    assert "privateKeyPem cannot be read" in ended.text
    assert "dnsNames[1] cannot be read" in ended.text
    assert "hidden" not in ended.text
    assert "Traceback" not in ended.text
