"""An AWS for one instance: moto's S3, Secrets Manager and CloudWatch, and a metadata service that wants a session."""

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import Request, urlopen

import pytest

from agent.aws.client import Aws

BUCKET, BACKUPS, SECRET = "north-files", "north-etcd", "quorate/north/cp1"
ROLE, TOKEN = "north-cp1", "session"
KEYS = {
    "AccessKeyId": "ASIAEXAMPLE",
    "SecretAccessKey": "of-the-role",
    "Token": "temporary",
    "Expiration": "2100-01-01T00:00:00Z",
}
PLACE = {
    "region": "eu-west-1",
    "bucket": BUCKET,
    "node": "cp1",
    "secret": SECRET,
    "documents": "nodes/cp1/documents.json",
    "begun": "nodes/cp1/begun",
    "convergence": "nodes/cp1/convergence.json",
}


class Metadata(BaseHTTPRequestHandler):
    """IMDSv2: a request without a session is refused."""

    def do_PUT(self) -> None:
        self._answer(TOKEN if self.path == "/latest/api/token" else None)

    def do_GET(self) -> None:
        base = "/latest/meta-data/iam/security-credentials/"
        answers = {base: ROLE, base + ROLE: json.dumps(KEYS)}
        known = self.headers.get("X-aws-ec2-metadata-token") == TOKEN
        self._answer(answers.get(self.path) if known else None)

    def _answer(self, text: str | None) -> None:
        body = (text or "").encode()
        self.send_response(200 if text else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@dataclass(frozen=True)
class Cloud:
    """`url`: of the emulated AWS; `metadata`: of the metadata service."""

    url: str
    metadata: str

    def aws(self, **changed: object) -> Aws:
        """As the instance sees it."""
        services = ("s3", "secretsmanager", "monitoring")
        endpoints = {**dict.fromkeys(services, self.url), "metadata": self.metadata}
        return Aws({**PLACE, "endpoints": endpoints, **changed})

    def client(self, service: str) -> "Client":
        """As an administrator sees it."""
        boto3 = pytest.importorskip("boto3")
        return Client(
            boto3.client(
                service,
                endpoint_url=self.url,
                region_name="eu-west-1",
                aws_access_key_id="admin",
                aws_secret_access_key="admin",
            )
        )


class Client:
    """A client of the SDK; its answers are JSON-like."""

    def __init__(self, client: object) -> None:
        self._client = client

    def ask(self, operation: str, **parameters: object) -> dict[str, object]:
        found: dict[str, object] = getattr(self._client, operation)(**parameters)
        return found


@pytest.fixture(scope="session")
def metadata() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Metadata)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    server_module = pytest.importorskip("moto.server", reason="moto is not installed: no AWS to talk to")
    os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def cloud(moto: str, metadata: str) -> Iterator[Cloud]:
    made = Cloud(moto, metadata)
    s3 = made.client("s3")
    for bucket in (BUCKET, BACKUPS):
        s3.ask("create_bucket", Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    yield made
    with urlopen(Request(f"{moto}/moto-api/reset", method="POST")) as answer:  # noqa: S310 - loopback
        answer.read()
