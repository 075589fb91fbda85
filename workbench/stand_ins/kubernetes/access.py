"""Reads a kubeconfig: the API's address, the trusted authority, the client's credential."""

import base64
import binascii
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import yaml

from provider.protocol.messages import Refused
from provider.protocol.values import Value
from workbench.stand_ins.kubernetes.objects import items, mapping, text

CLUSTER = frozenset({"server", "tls-server-name", "certificate-authority-data", "proxy-url"})
USER = frozenset({"client-certificate-data", "client-key-data"})


@dataclass(frozen=True, kw_only=True)
class Access:
    """`name`: the name that the server's certificate must contain, regardless of the address."""

    server: str
    host: str
    port: int
    name: str
    proxy: tuple[str, int] | None
    tls: ssl.SSLContext = field(repr=False)


def access(kubeconfig: str) -> Access:
    """The access of the current context. Raises `Refused`, whose text shows only the server of the kubeconfig.

    Everything must be inline: no paths, commands or tokens, and no option that skips the server's certificate.
    """
    try:
        config: Value = yaml.safe_load(kubeconfig)
    except yaml.YAMLError:
        raise Refused("the provider's kubeconfig is not YAML") from None
    context = mapping(_named(config, "contexts", text(config, "current-context")), "context")
    cluster = mapping(_named(config, "clusters", text(context, "cluster")), "cluster")
    user = mapping(_named(config, "users", text(context, "user")), "user")
    foreign = sorted({*cluster} - CLUSTER | {*user} - USER)
    missing = sorted({"server", "certificate-authority-data"} - {*cluster} | USER - {*user})
    if foreign or missing:
        said = [
            *([f"it lacks {', '.join(missing)}"] if missing else []),
            *([f"it has {', '.join(foreign)}"] if foreign else []),
        ]
        raise Refused(
            f"the provider's kubeconfig must hold {', '.join(sorted(CLUSTER | USER))} (tls-server-name and proxy-url"
            f" may be left out) and nothing else: {'; '.join(said)}"
        )
    server = text(cluster, "server")
    parts = urlsplit(server)
    if parts.scheme != "https" or not parts.hostname:
        raise Refused(f"the provider's kubeconfig must name an https server, not {server}")
    proxy = urlsplit(text(cluster, "proxy-url"))
    if proxy.scheme not in {"", "http"} or (proxy.scheme and not (proxy.hostname and proxy.port)):
        raise Refused(f"the provider's kubeconfig must name an http proxy with its port, not {proxy.geturl()}")
    return Access(
        server=server,
        host=parts.hostname,
        port=parts.port or 443,
        name=text(cluster, "tls-server-name") or parts.hostname,
        proxy=(proxy.hostname, proxy.port) if proxy.hostname and proxy.port else None,
        tls=_tls(_decoded(cluster, "certificate-authority-data"), *(_decoded(user, part) for part in sorted(USER))),
    )


def _named(config: Value, section: str, name: str) -> Mapping[str, Value]:
    found = next((entry for entry in items(config, section) if entry.get("name") == name), None)
    if found is None:
        raise Refused(f"the provider's kubeconfig has no entry {name!r} in {section}")
    return found


def _decoded(section: Mapping[str, Value], name: str) -> str:
    try:
        return base64.b64decode(text(section, name), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        raise Refused(f"{name} in the provider's kubeconfig is not base64 of PEM") from None


def _tls(authority: str, certificate: str, key: str) -> ssl.SSLContext:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.minimum_version = ssl.TLSVersion.TLSv1_2
    # ssl loads a key from a file only; only its owner can read it, and it exists for this one call.
    with tempfile.NamedTemporaryFile("w", prefix="quorate-") as pair:
        pair.write(f"{certificate}\n{key}")
        pair.flush()
        try:
            tls.load_verify_locations(cadata=authority)
            tls.load_cert_chain(pair.name)
        except (ssl.SSLError, ValueError):
            raise Refused(
                "the provider's kubeconfig must hold certificates in PEM form and the key of its client certificate"
            ) from None
    return tls
