"""The company's own authority: a root, an intermediate, and leaves for web servers and mail."""

import pulumi
import pulumi_aws as aws
import pulumi_tls as tls

from tests.policy.foreign.case import Alone

YEAR = 8760


def program() -> None:
    """Long lives and RSA keys, as older clients need them."""
    root_key = tls.PrivateKey("root", algorithm="RSA", rsa_bits=2048)
    root = tls.SelfSignedCert(
        "root",
        private_key_pem=root_key.private_key_pem,
        subject=tls.SelfSignedCertSubjectArgs(common_name="Acme Root CA", organization="Acme"),
        is_ca_certificate=True,
        validity_period_hours=25 * YEAR,
        allowed_uses=["cert_signing", "crl_signing"],
    )
    middle_key = tls.PrivateKey("issuing", algorithm="RSA", rsa_bits=2048)
    middle_request = tls.CertRequest(
        "issuing",
        private_key_pem=middle_key.private_key_pem,
        subject=tls.CertRequestSubjectArgs(common_name="Acme Issuing CA"),
    )
    middle = tls.LocallySignedCert(
        "issuing",
        cert_request_pem=middle_request.cert_request_pem,
        ca_private_key_pem=root_key.private_key_pem,
        ca_cert_pem=root.cert_pem,
        is_ca_certificate=True,
        validity_period_hours=15 * YEAR,
        allowed_uses=["cert_signing"],
    )
    names = {"web": ["*.acme.example", "acme.example"], "mail": ["mail.acme.example", "localhost"]}
    for name, dns_names in names.items():
        key = tls.PrivateKey(name, algorithm="ECDSA", ecdsa_curve="P224")
        request = tls.CertRequest(
            name,
            private_key_pem=key.private_key_pem,
            subject=tls.CertRequestSubjectArgs(common_name=dns_names[0]),
            dns_names=dns_names,
            ip_addresses=["127.0.0.1", "10.0.0.25"],
        )
        leaf = tls.LocallySignedCert(
            name,
            cert_request_pem=request.cert_request_pem,
            ca_private_key_pem=middle_key.private_key_pem,
            ca_cert_pem=middle.cert_pem,
            validity_period_hours=3 * YEAR,
            allowed_uses=["server_auth", "client_auth", "any_extended", "data_encipherment"],
        )
        aws.acm.Certificate(name, private_key=key.private_key_pem, certificate_body=leaf.cert_pem)
    pulumi.export("root", root.cert_pem)


ALONE = Alone(name="company-authority", program=program, idea="a company's authority, intermediate and wildcard leaves")
