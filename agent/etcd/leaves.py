"""etcd's own certificates that can no longer be used. etcd reads them at every handshake, so new ones need no restart.

While they are in place no member accepts this node's requests, so the node could not even request the cluster's lock.
"""

import ssl
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath

from agent.model.wanted import WantedFile
from agent.pki.certificate import NotACertificate, all_from, from_text
from agent.system.files import install_all
from agent.system.host import Host

PKI = "/etc/kubernetes/pki/etcd"
AUTHORITY = f"{PKI}/ca.crt"


def leaves(files: Iterable[WantedFile]) -> dict[str, tuple[WantedFile, WantedFile]]:
    """Certificates and keys by the certificate's path; without the authority, which etcd reads only when it starts."""
    by_path = {file.path: file for file in files}
    return {
        path: (file, by_path[key])
        for path, file in by_path.items()
        if PurePosixPath(path).parent == PurePosixPath(PKI) and path != AUTHORITY
        if path.endswith(".crt") and (key := f"{path.removesuffix('.crt')}.key") in by_path
    }


def useless(host: Host, path: str, *, now: datetime | None = None) -> str | None:
    """Why the installed certificate cannot be used; None if it can."""
    certificate, key = host.path(path), host.path(f"{path.removesuffix('.crt')}.key")
    if not certificate.exists() and not key.exists():
        return "is missing, and so is its key"
    try:
        facts = from_text(certificate.read_text())
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate, key)
    except FileNotFoundError as error:
        return f"cannot be used: {error.filename} is missing"
    except (OSError, NotACertificate, UnicodeDecodeError) as error:
        return f"cannot be used with its key: {error}"
    moment = now or datetime.now(UTC)
    return None if moment < facts.not_after else f"expired on {facts.not_after:%Y-%m-%d at %H:%M} UTC"


def authority_ended(host: Host) -> str | None:
    """When the last certificate of the installed etcd authority expired, as text; None while one of them is valid."""
    try:
        found = all_from(host.path(AUTHORITY).read_text())
    except (OSError, NotACertificate):
        return None
    last = max((one.not_after for one in found), default=None)
    return f"{last:%Y-%m-%d at %H:%M} UTC" if last and last <= datetime.now(UTC) else None


def replace(host: Host, pairs: Sequence[tuple[WantedFile, WantedFile]]) -> None:
    """Install certificates with their keys."""
    files = [file for pair in pairs for file in pair]
    install_all([(host.path(file.path), file.content(), file.mode) for file in files])
