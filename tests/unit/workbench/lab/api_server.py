"""A server that answers like a Kubernetes API server, and errs on command in the ways that drills must notice."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.unit.workbench.lab.authority import Chain, chain
from workbench.lab.access import Access, Address

NAME = "api.drills.test"
HOST = "127.0.0.1"


@dataclass
class Store:
    """What all servers of one cluster share: objects by path, and the revision of the newest change."""

    revision: int = 100
    objects: dict[str, dict[str, object]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def create(self, path: str, body: dict[str, dict[str, object]]) -> dict[str, object] | None:
        with self.lock:
            if path in self.objects:
                return None
            self.revision += 1
            metadata = {**body["metadata"], "uid": f"uid-{self.revision}", "resourceVersion": str(self.revision)}
            self.objects[path] = {**body, "metadata": metadata}
            return self.objects[path]


@dataclass
class Errors:
    """How many of the next creates go wrong, and what is wrong for as long as it is set."""

    cut_before: int = 0  # the connection ends, nothing was stored
    cut_after: int = 0  # the connection ends, the object was stored
    unavailable: int = 0  # HTTP 503
    forgotten: int = 0  # confirmed, but never stored
    late: float = 0.0  # seconds before each answer
    lists_behind: int = 0  # lists show a state that is this many revisions old
    gets_behind: int = 0  # single objects as well
    unready: bool = False


class ApiServer(ThreadingHTTPServer):
    """One API server. `errors` may be changed while it runs."""

    daemon_threads = True

    def __init__(self, store: Store, certificates: Chain, folder: Path) -> None:
        super().__init__((HOST, 0), _Handler)
        self.store = store
        self.errors = Errors()
        pem = folder / "server.pem"
        pem.write_text(certificates.server.certificate + certificates.server.key)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(pem)
        self.context.load_verify_locations(cadata=certificates.authority)
        self.context.verify_mode = ssl.CERT_REQUIRED

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def finish_request(self, request: object, client_address: object) -> None:
        assert isinstance(request, socket.socket)
        with suppress(OSError):
            super().finish_request(self.context.wrap_socket(request, server_side=True), client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ApiServer
    disable_nagle_algorithm = True  # or each answer waits 40 ms for a delayed acknowledgement

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        errors, store = self.server.errors, self.server.store
        url = urlsplit(self.path)
        time.sleep(errors.late)
        if url.path == "/readyz":
            self._answer(500 if errors.unready else 200, "not yet" if errors.unready else "ok")
        elif url.path.endswith("/configmaps"):
            items = [one for path, one in sorted(store.objects.items()) if path.startswith(url.path + "/")]
            self._page(items, store.revision - errors.lists_behind, parse_qs(url.query))
        elif (found := store.objects.get(url.path)) and errors.gets_behind <= store.revision - _revision(found):
            self._answer(200, found)
        else:
            self._answer(404, {"kind": "Status", "reason": "NotFound"})

    def do_POST(self) -> None:
        errors, store = self.server.errors, self.server.store
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(errors.late)
        if not self.path.endswith("/configmaps"):
            self._answer(201, body)
        elif errors.cut_before:
            errors.cut_before -= 1
            self.close_connection = True
        elif errors.unavailable:
            errors.unavailable -= 1
            self._answer(503, {"kind": "Status", "message": "etcd has no leader"})
        elif errors.forgotten:
            errors.forgotten -= 1
            store.revision += 1
            unique = {"uid": f"uid-{store.revision}", "resourceVersion": str(store.revision)}
            self._answer(201, {**body, "metadata": {**body["metadata"], **unique}})
        elif (made := store.create(f"{self.path}/{body['metadata']['name']}", body)) is None:
            self._answer(409, {"kind": "Status", "reason": "AlreadyExists"})
        elif errors.cut_after:
            errors.cut_after -= 1
            self.close_connection = True
        else:
            self._answer(201, made)

    def _page(self, items: list[dict[str, object]], known: int, query: dict[str, list[str]]) -> None:
        begin, limit = int(query.get("continue", ["0"])[0]), int(query.get("limit", ["500"])[0])
        end = begin + limit
        more = str(end) if end < len(items) else ""
        self._answer(200, {"metadata": {"resourceVersion": str(known), "continue": more}, "items": items[begin:end]})

    def _answer(self, status: int, body: object) -> None:
        content = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _revision(found: dict[str, object]) -> int:
    metadata = found["metadata"]
    assert isinstance(metadata, dict)
    return int(metadata["resourceVersion"])


@dataclass(frozen=True, kw_only=True)
class FakeCluster:
    servers: tuple[ApiServer, ...]
    store: Store
    access: Access
    certificates: Chain

    @property
    def places(self) -> tuple[Address, ...]:
        return tuple(
            Address(name=f"cp{number}", host=HOST, port=server.port, server_name=HOST)
            for number, server in enumerate(self.servers, 1)
        )


@contextmanager
def fake_cluster(folder: Path, *, servers: int = 2) -> Iterator[FakeCluster]:
    certificates = chain(name=NAME, address=HOST)
    store = Store()
    made = tuple(ApiServer(store, certificates, folder) for _ in range(servers))
    for server in made:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield FakeCluster(
            servers=made,
            store=store,
            certificates=certificates,
            access=Access(
                authority=certificates.authority,
                certificate=certificates.client.certificate,
                key=certificates.client.key,
                endpoint=Address(name="endpoint", host=HOST, port=made[0].port, server_name=NAME),
            ),
        )
    finally:
        for server in made:
            server.shutdown()
            server.server_close()
