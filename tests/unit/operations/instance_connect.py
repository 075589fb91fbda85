"""An Instance Connect Endpoint on the loopback: TLS, a signature that is checked, and TCP to where a test says."""

import hashlib
import hmac
import os
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from tests.unit.operations.aws_state import ENDPOINT, REGION
from tests.unit.provider.https import Authority

SERVICE = "ec2-instance-connect"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "a-secret-of-this-test"}


def signature(request: Request, host: str, secret: str) -> str:
    """Written from the text of Signature Version 4 (AWS general reference), independently of botocore."""
    parts = urlsplit(request.path)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    query.pop("X-Amz-Signature", None)
    canonical = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted(query.items()))
    empty = hashlib.sha256(b"").hexdigest()
    text = f"GET\n{parts.path}\n{canonical}\nhost:{host}\n\nhost\n{empty}"
    scope = query["X-Amz-Credential"].split("/", 1)[1]
    digest = hashlib.sha256(text.encode()).hexdigest()
    to_sign = f"AWS4-HMAC-SHA256\n{query['X-Amz-Date']}\n{scope}\n{digest}"
    key = f"AWS4{secret}".encode()
    for part in (*scope.split("/"), to_sign):
        key = hmac.digest(key, part.encode(), "sha256")
    return key.hex()


class InstanceConnect:
    """`targets`: the TCP address behind a private address and port; others are closed with a reason."""

    def __init__(self, folder: Path, targets: Mapping[tuple[str, int], tuple[str, int]]) -> None:
        authority = Authority()
        self.bundle = folder / "authority.pem"
        self.bundle.write_text(authority.pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.pair(folder, "localhost"))
        self._targets = targets
        self.opened: list[Mapping[str, str]] = []
        self._server = serve(
            self._carry, "127.0.0.1", 0, ssl=context, process_request=self._judge, compression=None, max_size=None
        )
        self.name = f"localhost:{self._server.socket.getsockname()[1]}"
        self.variables = {**os.environ, **KEYS, "AWS_CA_BUNDLE": str(self.bundle), "AWS_CONFIG_FILE": "/dev/null"}
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()

    def _judge(self, _: ServerConnection, request: Request) -> Response | None:
        query = dict(parse_qsl(urlsplit(request.path).query))
        made = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        late = datetime.now(UTC) > made + timedelta(seconds=int(query["X-Amz-Expires"]))
        right = signature(request, request.headers["Host"], KEYS["AWS_SECRET_ACCESS_KEY"])
        scope = f"{made:%Y%m%d}/{REGION}/{SERVICE}/aws4_request"
        known = query["X-Amz-Credential"] == f"{KEYS['AWS_ACCESS_KEY_ID']}/{scope}"
        if late or not known or not hmac.compare_digest(right, query["X-Amz-Signature"]):
            return Response(403, "Forbidden", Headers(), b"the signature does not match")
        if query["instanceConnectEndpointId"] != ENDPOINT or int(query["maxTunnelDuration"]) > 3_600:
            return Response(400, "Bad Request", Headers(), b"no such endpoint")
        self.opened.append(query)
        return None

    def _carry(self, client: ServerConnection) -> None:
        assert client.request is not None
        query = dict(parse_qsl(urlsplit(client.request.path).query))
        target = self._targets.get((query["privateIpAddress"], int(query["remotePort"])))
        try:
            far = socket.create_connection(target or ("127.0.0.1", 9), timeout=5)
        except OSError:
            client.close(1011, "Connection to the instance failed")
            return
        far.settimeout(None)

        def back() -> None:
            with suppress(OSError, ConnectionClosed):
                while data := far.recv(65_536):
                    client.send(data)
            client.close()

        threading.Thread(target=back, daemon=True).start()
        with far, suppress(ConnectionClosed):
            for frame in client:
                far.sendall(frame if isinstance(frame, bytes) else frame.encode())
