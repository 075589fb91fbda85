"""Starts the agent on an instance. Travels in user data, so it is one file and uses the standard library only.

Reads the node's secret with the instance's role, downloads the agent that the secret names by its digest, and runs it.
Any change of this file replaces every instance (user data is compared): a test holds its digest.
"""

# ruff: noqa: S310 - every address is AWS's own, or the metadata service's
import hashlib
import hmac
import json
import os
import sys
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

PLACE = Path("/etc/quorate/place.json")
AGENTS = Path("/var/lib/quorate/agents")
METADATA = "http://169.254.169.254"
ATTEMPTS = 4
SERVER_ERROR = 500  # this status and above are worth another attempt
FRESH = 300  # seconds that credentials must still be valid


class AwsError(Exception):
    """AWS returned an error; `status` is the HTTP status."""

    def __init__(self, what: str, status: int, text: str) -> None:
        self.status = status
        super().__init__(f"{what}: {status} {text[:300]}")


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request. `bucket` becomes part of the host name; `path` starts with a slash; `file` replaces `body`."""

    service: str
    method: str = "GET"
    path: str = "/"
    bucket: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    file: Path | None = None


class Aws:
    """Signed requests (Signature Version 4) with the credentials of the instance's role.

    `place` has region, bucket, node, secret, documents, begun, convergence; `endpoints` (service to URL) is for tests.
    """

    def __init__(self, place: Mapping[str, object]) -> None:
        self.place = {name: str(value) for name, value in place.items()}
        endpoints = place.get("endpoints")
        self._endpoints = {str(k): str(v) for k, v in endpoints.items()} if isinstance(endpoints, dict) else {}
        self._keys: dict[str, str] = {}

    def secret(self) -> bytes:
        """The current text of the node's secret."""
        headers = {"x-amz-target": "secretsmanager.GetSecretValue", "content-type": "application/x-amz-json-1.1"}
        body = json.dumps({"SecretId": self.place["secret"]}).encode()
        found = json.loads(self.send(Call(service="secretsmanager", method="POST", headers=headers, body=body)))
        return str(found["SecretString"]).encode()

    def object(self, key: str) -> bytes:
        """The content of an object of the environment's bucket."""
        return self.send(Call(service="s3", path=f"/{key}", bucket=self.place["bucket"]))

    def send(self, call: Call) -> bytes:
        """The response's body. Raises AwsError and OSError; failures of network and server are retried."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with urlopen(self.signed(call), timeout=30) as response:
                    content: bytes = response.read()
                    return content
            except HTTPError as error:
                if error.code < SERVER_ERROR or attempt == ATTEMPTS:
                    text = error.read().decode(errors="replace")
                    raise AwsError(f"{call.service} {call.method} {call.path}", error.code, text) from None
            except OSError:
                if attempt == ATTEMPTS:
                    raise
            time.sleep(2**attempt)
        raise AssertionError

    def signed(self, call: Call) -> Request:
        """The request with its signature."""
        keys, region, service = self._credentials(), self.place["region"], call.service
        suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        host = f"{call.bucket}.{service}" if call.bucket else service
        base, path = f"https://{host}.{region}.{suffix}", call.path
        if service in self._endpoints:
            base = self._endpoints[service]
            path = f"/{call.bucket}{path}" if call.bucket else path
        path = quote(path, safe="/-_.~")
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        digest, size = _measured(call)
        upload = {
            "content-type": "application/octet-stream",
            "content-length": str(size),
            # A bucket with a default retention refuses objects without a checksum.
            "x-amz-checksum-sha256": b64encode(bytes.fromhex(digest)).decode(),
        }
        headers = {
            **(upload if call.method == "PUT" else {}),
            **call.headers,
            "host": base.split("://")[1],
            "x-amz-content-sha256": digest,
            "x-amz-date": now,
            "x-amz-security-token": keys["Token"],
        }
        names = ";".join(sorted(headers))
        lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        query = urlencode(sorted(call.query.items()), quote_via=quote)
        canonical = f"{call.method}\n{path}\n{query}\n{lines}\n{names}\n{digest}"
        scope = f"{now[:8]}/{region}/{service}/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = ("AWS4" + keys["SecretAccessKey"]).encode()
        for part in (*scope.split("/"), text):
            key = hmac.digest(key, part.encode(), "sha256")
        credential = f"AWS4-HMAC-SHA256 Credential={keys['AccessKeyId']}/{scope}"
        headers["authorization"] = f"{credential}, SignedHeaders={names}, Signature={key.hex()}"
        url = base + path + ("?" + query if query else "")
        data = call.file.open("rb") if call.file else call.body or None
        return Request(url, data=data, headers=headers, method=call.method)

    def _credentials(self) -> dict[str, str]:
        """Of the instance's role, from the metadata service (IMDSv2)."""
        soon = datetime.fromtimestamp(time.time() + FRESH, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if self._keys.get("Expiration", "") <= soon:
            base = self._endpoints.get("metadata", METADATA)
            lifetime = {"X-aws-ec2-metadata-token-ttl-seconds": "300"}
            session = {
                "X-aws-ec2-metadata-token": _plain(Request(f"{base}/latest/api/token", headers=lifetime, method="PUT"))
            }
            roles = f"{base}/latest/meta-data/iam/security-credentials/"
            role = _plain(Request(roles, headers=session)).split()[0]
            self._keys = json.loads(_plain(Request(roles + role, headers=session)))
        return self._keys


def _measured(call: Call) -> tuple[str, int]:
    if call.file is None:
        return hashlib.sha256(call.body).hexdigest(), len(call.body)
    with call.file.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), call.file.stat().st_size


def _plain(request: Request) -> str:
    try:
        with urlopen(request, timeout=5) as response:
            return str(response.read().decode())
    except HTTPError as error:  # a new instance's role appears after a moment
        raise OSError(f"the metadata service returns {error.code} for {request.selector}") from None


def agent(aws: Aws, digest: str) -> Path:
    """The agent with that SHA-256, downloaded once. Raises AwsError, OSError, ValueError."""
    path = AGENTS / f"{digest}.pyz"
    if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == digest:
        return path
    content = aws.object(f"agent/{digest}.pyz")
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError(f"agent/{digest}.pyz is not the program that the secret names; it is not run")
    AGENTS.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_bytes(content)
    draft.replace(path)
    return path


if __name__ == "__main__":
    os.umask(0o077)
    here = Aws(json.loads(PLACE.read_text()))
    program = agent(here, json.loads(here.secret())["agent"])
    os.execv(sys.executable, [sys.executable, str(program), *sys.argv[1:]])  # noqa: S606 - no shell is the point
