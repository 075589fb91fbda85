"""Subjects, alternative names and usages, under the names of the inputs."""

import ipaddress
from collections.abc import Mapping

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from provider.protocol.values import Properties, Value
from workbench.stand_ins.tls.typed import texts

SUBJECT = {
    "country": NameOID.COUNTRY_NAME,
    "organization": NameOID.ORGANIZATION_NAME,
    "organizationalUnit": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "locality": NameOID.LOCALITY_NAME,
    "province": NameOID.STATE_OR_PROVINCE_NAME,
    "streetAddresses": NameOID.STREET_ADDRESS,
    "postalCode": NameOID.POSTAL_CODE,
    "commonName": NameOID.COMMON_NAME,
    "serialNumber": NameOID.SERIAL_NUMBER,
}

KEY_USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "cert_signing",
    "crl_signing",
    "encipher_only",
    "decipher_only",
)

# Names from pulumi-tls; numbers without a name in the cryptography package are from RFC 4945 and Microsoft's registry.
EXTENDED_USES = {
    "any_extended": ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    "server_auth": ExtendedKeyUsageOID.SERVER_AUTH,
    "client_auth": ExtendedKeyUsageOID.CLIENT_AUTH,
    "code_signing": ExtendedKeyUsageOID.CODE_SIGNING,
    "email_protection": ExtendedKeyUsageOID.EMAIL_PROTECTION,
    "ocsp_signing": ExtendedKeyUsageOID.OCSP_SIGNING,
    "timestamping": ExtendedKeyUsageOID.TIME_STAMPING,
    "ipsec_end_system": ObjectIdentifier("1.3.6.1.5.5.7.3.5"),
    "ipsec_tunnel": ObjectIdentifier("1.3.6.1.5.5.7.3.6"),
    "ipsec_user": ObjectIdentifier("1.3.6.1.5.5.7.3.7"),
    "microsoft_commercial_code_signing": ObjectIdentifier("1.3.6.1.4.1.311.2.1.22"),
    "microsoft_kernel_code_signing": ObjectIdentifier("1.3.6.1.4.1.311.61.1.1"),
    "microsoft_server_gated_crypto": ObjectIdentifier("1.3.6.1.4.1.311.10.3.3"),
    "netscape_server_gated_crypto": ObjectIdentifier("2.16.840.1.113730.4.1"),
}


def subject(value: Mapping[str, Value]) -> x509.Name:
    """The distinguished name, its parts in the order of Go's crypto/x509/pkix."""
    return x509.Name(
        [x509.NameAttribute(oid, part) for field, oid in SUBJECT.items() for part in texts(value.get(field))]
    )


def alternative_names(inputs: Properties) -> x509.SubjectAlternativeName | None:
    """The extension for dnsNames, ipAddresses and uris, or None when all are empty."""
    names: list[x509.GeneralName] = [
        *(x509.DNSName(name) for name in texts(inputs.get("dnsNames"))),
        *(x509.IPAddress(ipaddress.ip_address(address)) for address in texts(inputs.get("ipAddresses"))),
        *(x509.UniformResourceIdentifier(uri) for uri in texts(inputs.get("uris"))),
    ]
    return x509.SubjectAlternativeName(names) if names else None


def key_usage(uses: list[str]) -> x509.KeyUsage | None:
    """The extension for the uses among `uses` that are key usages, or None."""
    if not set(uses) & set(KEY_USES):
        return None
    agreement = "key_agreement" in uses
    return x509.KeyUsage(
        digital_signature="digital_signature" in uses,
        content_commitment="content_commitment" in uses,
        key_encipherment="key_encipherment" in uses,
        data_encipherment="data_encipherment" in uses,
        key_agreement=agreement,
        key_cert_sign="cert_signing" in uses,
        crl_sign="crl_signing" in uses,
        # The two only have a meaning together with key agreement (RFC 5280, section 4.2.1.3).
        encipher_only=agreement and "encipher_only" in uses,
        decipher_only=agreement and "decipher_only" in uses,
    )


def extended_usage(uses: list[str]) -> x509.ExtendedKeyUsage | None:
    """The extension for the uses among `uses` that are extended ones, or None."""
    found = [EXTENDED_USES[name] for name in uses if name in EXTENDED_USES]
    return x509.ExtendedKeyUsage(found) if found else None
