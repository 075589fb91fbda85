"""Calls the Kubernetes API with a personal kubeconfig; starting kubectl once per object would be too slow."""

import base64
import http.client
import json
import socket
import ssl
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from agent.model.json_reading import Json, Malformed, parse
from operations.environment import OperationFailed

SECONDS = 10.0  # timeout of one request
THROUGH_SECONDS = 45.0  # timeout of a connection through the proxy, which may have to try another node first
PATIENCE = 60.0  # seconds for which a call is retried: longer than an election plus a restart of an API server
TRANSIENT = frozenset({429, 500, 502, 503, 504})


class Api:
    """One connection, reopened after a failure. Calls must be idempotent."""

    def __init__(
        self,
        kubeconfig: Path,
        *,
        to: tuple[str, int] | None = None,
        server_name: str | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """`to`: address and port of one API server, instead of the endpoint; `patience`: seconds of retries."""
        config = yaml.safe_load(kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        url = urlsplit(cluster["server"])
        self._host, self._port = to or (url.hostname or "", url.port or 443)
        self._name = server_name or cluster.get("tls-server-name", self._host)
        self._patience = patience
        self._proxy = urlsplit(cluster["proxy-url"]) if cluster.get("proxy-url") else None
        self._context = ssl.create_default_context(cadata=_decoded(cluster["certificate-authority-data"]))
        # ssl reads a key from a file only; the file is private and exists for this one call.
        with tempfile.NamedTemporaryFile("w", prefix="quorate-") as pair:
            pair.write(_decoded(user["client-certificate-data"]) + _decoded(user["client-key-data"]))
            pair.flush()
            self._context.load_cert_chain(pair.name)
        self._http: http.client.HTTPSConnection | None = None

    def get(self, path: str, *, accept: str) -> Json:
        """Raises `OperationFailed`."""
        status, answer = self._call("GET", path, {"Accept": accept})
        if status != http.HTTPStatus.OK:
            raise OperationFailed(f"GET {path}: {status}: {answer['message'].text('')}")
        return answer

    def patch(self, path: str, body: str, *, accept: str) -> bool:
        """Merge-patch an object; returns False if it no longer exists. Raises `OperationFailed`."""
        kind = {"Content-Type": "application/merge-patch+json", "Accept": accept}
        status, answer = self._call("PATCH", path, kind, body)
        if status not in {http.HTTPStatus.OK, http.HTTPStatus.NOT_FOUND}:
            raise OperationFailed(f"PATCH {path}: {status}: {answer['message'].text('')}")
        return status == http.HTTPStatus.OK

    def _call(self, method: str, path: str, headers: dict[str, str], body: str | None = None) -> tuple[int, Json]:
        deadline = time.monotonic() + self._patience
        while True:
            try:
                status, text = self._once(method, path, headers, body)
            except (OSError, http.client.HTTPException) as error:
                self._http = None
                status, text = 0, json.dumps({"message": str(error)})
            if status not in {0, *TRANSIENT} or time.monotonic() > deadline:
                break
            time.sleep(0.5)
        try:
            return status, parse(text, at=f"the response to {method} {path}")
        except Malformed as error:
            raise OperationFailed(str(error)) from None

    def _dialled(self) -> socket.socket:
        """Open a TCP connection, through the kubeconfig's proxy if it has one."""
        if self._proxy is None:
            return socket.create_connection((self._host, self._port), SECONDS)
        through = http.client.HTTPConnection(self._proxy.hostname or "", self._proxy.port, timeout=THROUGH_SECONDS)
        through.set_tunnel(self._host, self._port)
        through.connect()
        return through.sock

    def _once(self, method: str, path: str, headers: dict[str, str], body: str | None) -> tuple[int, str]:
        if self._http is None:
            raw = self._dialled()
            made = http.client.HTTPSConnection(self._name, self._port, timeout=SECONDS)
            made.sock = self._context.wrap_socket(raw, server_hostname=self._name)
            self._http = made
        self._http.request(method, path, body, headers)
        answer = self._http.getresponse()
        text = answer.read().decode()
        if answer.will_close:
            self._http = None
        return answer.status, text


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode()
