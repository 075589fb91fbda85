"""Calls to etcd's JSON gateway (etcd's developer guide, "gRPC gateway"): any member may respond."""

import contextlib
import http.client
import json
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from agent.model.failure import Failed
from agent.model.json_reading import Json, Malformed, parse

# gRPC status codes that mean "try another member, or later": DEADLINE_EXCEEDED, and UNAVAILABLE (there is no leader).
PASSING = frozenset({4, 14})
LEARNER = "rpc not supported for learner"  # etcd's message; a voter can serve the request
FULL = "database space exceeded"  # etcd's message; the code, RESOURCE_EXHAUSTED, also means too many requests


class Unreachable(Failed):
    """No member responded. `reasons` maps each URL to the reason."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self.reasons = dict(reasons)
        super().__init__("no etcd member responds: " + "; ".join(f"{url}: {why}" for url, why in reasons.items()))


class EtcdRefused(Failed):
    """A member responded with a refusal."""


class NoSpace(EtcdRefused):
    """A member refused a write because a database has reached its quota (the alarm NOSPACE)."""


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """Files of a client: its certificate and key, and the authority that etcd's own certificates come from."""

    authority: Path
    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """A new TLS context, because the files may have been replaced since the last one."""
        context = ssl.create_default_context(cafile=str(self.authority))
        context.load_cert_chain(self.certificate, self.key)
        return context


class Gateway:
    """`endpoints` are client URLs, the preferred one first. Timeouts are in seconds."""

    def __init__(
        self, endpoints: Sequence[str], credentials: Callable[[], Credentials], *, timeout: float = 2.0
    ) -> None:
        self.endpoints = tuple(endpoints)
        self._credentials = credentials
        self._timeout = timeout

    def ask(
        self,
        path: str,
        body: Mapping[str, object] | None,
        *,
        endpoints: Sequence[str] | None = None,
        timeout: float | None = None,
    ) -> Json:
        """The first response of a member, in order. `body` None sends a GET. Raises Unreachable or EtcdRefused."""
        reasons: dict[str, str] = {}
        try:
            context = self._credentials().context()
        except (OSError, ssl.SSLError) as error:
            raise Unreachable({"client certificate": str(error)}) from error
        for url in endpoints if endpoints is not None else self.endpoints:
            try:
                return _exchange(url, path, body, context=context, timeout=timeout or self._timeout)
            except (OSError, http.client.HTTPException, Malformed) as error:
                reasons[url] = str(error) or type(error).__name__
            except _Passing as error:
                reasons[url] = str(error)
        raise Unreachable(reasons)


class _Passing(Exception):
    pass


def _exchange(
    url: str, path: str, body: Mapping[str, object] | None, *, context: ssl.SSLContext, timeout: float
) -> Json:
    parts = urlsplit(url)
    connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=timeout, context=context)
    with contextlib.closing(connection):
        if body is None:
            connection.request("GET", path)
        else:
            connection.request("POST", path, body=json.dumps(body), headers={"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
    if answer.status == http.HTTPStatus.OK:
        return parse(text, at=f"{url}{path}")
    try:
        said = parse(text, at=f"{url}{path}")
        code, message = said["code"].number(0), said["message"].text("")
    except Malformed:
        code, message = 0, text[:200].decode(errors="replace").strip()
    if code in PASSING or LEARNER in message or answer.status >= http.HTTPStatus.BAD_GATEWAY:
        raise _Passing(message or f"HTTP {answer.status}")
    kind = NoSpace if FULL in message else EtcdRefused
    raise kind(f"etcd at {url} refuses {path}: {message or f'HTTP {answer.status}'}")
