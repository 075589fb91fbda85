"""The metadata service on its link-local address. It identifies instances by their source address."""

import secrets
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from workbench.cloud.metadata import tree
from workbench.cloud.metadata.credentials import Credentials
from workbench.cloud.state import Instance

ADDRESS = "169.254.169.254"
LONGEST_SECONDS = 21_600  # seconds of a session (EC2 User Guide, "Use IMDSv2")
VERSIONS = ("1.0", "2009-04-04", "2016-09-02", "2018-09-24", "2021-03-23", "latest")
TOKEN, SECONDS = "X-aws-ec2-metadata-token", "X-aws-ec2-metadata-token-ttl-seconds"

Find = Callable[[str], Instance | None]


class MetadataService:
    """`find` gives the running instance with an address."""

    def __init__(self, find: Find, credentials: Credentials, *, host: str = ADDRESS, port: int = 80) -> None:
        self._find, self._credentials = find, credentials
        self._sessions: dict[str, tuple[str, float]] = {}
        service = self

        class Handler(_Handler):
            owner = service

        self._server = ThreadingHTTPServer((host, port), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, name="metadata", daemon=True).start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def instance(self, address: str) -> Instance | None:
        """The instance that sends the request."""
        return self._find(address)

    def session(self, instance: Instance, seconds: int) -> str:
        """A new token of the instance."""
        token = secrets.token_urlsafe(40)
        self._sessions[token] = (instance.id, time.monotonic() + seconds)
        return token

    def admits(self, instance: Instance, token: str | None) -> bool:
        """Whether a request with this token, or without one, is served."""
        if token is None:
            return not instance.tokens_required
        owner, until = self._sessions.get(token, ("", 0.0))
        return owner == instance.id and time.monotonic() < until

    def text(self, instance: Instance, path: str) -> bytes | None:
        """The content of a path such as `latest/meta-data/ami-id`; None if it does not exist."""
        version, _, rest = path.strip("/").partition("/")
        if not version:
            return "\n".join(VERSIONS).encode()
        top, _, below = rest.partition("/")
        match top if version in VERSIONS else None:
            case "":
                return b"dynamic\nmeta-data\nuser-data" if instance.user_data else b"dynamic\nmeta-data"
            case "user-data":
                return instance.user_data or None
            case "dynamic":
                return _dynamic(instance, below)
            case "meta-data":
                found = tree.listing(tree.metadata(instance, *self._credentials.of(instance)), below)
                return None if found is None else found.encode()
        return None


class _Handler(BaseHTTPRequestHandler):
    owner: MetadataService
    server_version = "EC2ws"

    def do_PUT(self) -> None:
        """A session."""
        instance = self._instance()
        if instance is None:
            return
        # The hop limit is that of the packets with the token: behind a router inside the instance, they do not arrive.
        self.connection.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, max(1, instance.hop_limit))
        seconds = self.headers.get(SECONDS, "")
        if self.path != "/latest/api/token":
            self._answer(404, b"")
        elif self.headers.get("X-Forwarded-For"):
            self._answer(403, b"")
        elif not seconds.isdigit() or not 1 <= int(seconds) <= LONGEST_SECONDS:
            self._answer(400, b"")
        else:
            self._answer(200, self.owner.session(instance, int(seconds)).encode(), {SECONDS: seconds})

    def do_GET(self) -> None:
        """Serve the instance's metadata."""
        instance = self._instance()
        if instance is None:
            return
        if not self.owner.admits(instance, self.headers.get(TOKEN)):
            self._answer(401, b"")
            return
        found = self.owner.text(instance, self.path.partition("?")[0])
        self._answer(404 if found is None else 200, found or b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name in the standard library
        """Log nothing: machines send many requests."""

    def _instance(self) -> Instance | None:
        found = self.owner.instance(self.client_address[0])
        if found is None:
            self._answer(404, b"")
        return found

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _dynamic(instance: Instance, below: str) -> bytes | None:
    match below.strip("/"):
        case "":
            return b"instance-identity/"
        case "instance-identity":
            return b"document"
        case "instance-identity/document":
            return tree.document(instance).encode()
    return None
