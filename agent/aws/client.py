"""The first contact of an instance with its environment, in one file: it travels in user data.

It reads the node's secret with the instance's own role, fetches the agent that the secret names by its digest, and
becomes it. The standard library is enough: images of distributions have Python, but not the AWS CLI.
"""

# ruff: noqa: S310 - every address is AWS's own, or the metadata service's
import hashlib
import hmac
import json
import os
import sys
import time
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
SERVER_FAILED = 500  # and above: worth asking again
FRESH = 300  # seconds that credentials must still be good for


class Refused(Exception):
    """AWS answered with an error; `status` is HTTP's."""

    def __init__(self, what: str, status: int, said: str) -> None:
        self.status = status
        super().__init__(f"{what}: {status} {said[:300]}")


@dataclass(frozen=True, kw_only=True)
class Question:
    """One request. `bucket` is part of the host's name; `path` begins with a slash; `file` replaces `body`."""

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

    `place` has region, bucket, node, secret, documents, begun; `endpoints` (service to URL) is for an emulated AWS.
    """

    def __init__(self, place: Mapping[str, object]) -> None:
        self.place = {name: str(value) for name, value in place.items()}
        given = place.get("endpoints")
        self._endpoints = {str(k): str(v) for k, v in given.items()} if isinstance(given, dict) else {}
        self._keys: dict[str, str] = {}

    def secret(self) -> bytes:
        """The current text of the node's secret."""
        headers = {"x-amz-target": "secretsmanager.GetSecretValue", "content-type": "application/x-amz-json-1.1"}
        body = json.dumps({"SecretId": self.place["secret"]}).encode()
        answer = json.loads(self.ask(Question(service="secretsmanager", method="POST", headers=headers, body=body)))
        return str(answer["SecretString"]).encode()

    def object(self, key: str) -> bytes:
        """The content of an object of the environment's bucket."""
        return self.ask(Question(service="s3", path=f"/{key}", bucket=self.place["bucket"]))

    def ask(self, question: Question) -> bytes:
        """The answer's body. Raises Refused and OSError; a network or a server that fails is asked again."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with urlopen(self.signed(question), timeout=30) as answer:
                    content: bytes = answer.read()
                    return content
            except HTTPError as error:
                if error.code < SERVER_FAILED or attempt == ATTEMPTS:
                    said = error.read().decode(errors="replace")
                    raise Refused(f"{question.service} {question.method} {question.path}", error.code, said) from None
            except OSError:
                if attempt == ATTEMPTS:
                    raise
            time.sleep(2**attempt)
        raise AssertionError

    def signed(self, question: Question) -> Request:
        """The request with its signature."""
        keys, region, service = self._credentials(), self.place["region"], question.service
        suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        own = f"{question.bucket}.{service}" if question.bucket else service
        base, path = f"https://{own}.{region}.{suffix}", question.path
        if service in self._endpoints:
            base = self._endpoints[service]
            path = f"/{question.bucket}{path}" if question.bucket else path
        path = quote(path, safe="/-_.~")
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        digest, size = _measured(question)
        headers = {
            **question.headers,
            **({"content-length": str(size)} if question.file else {}),
            "host": base.split("://")[1],
            "x-amz-content-sha256": digest,
            "x-amz-date": now,
            "x-amz-security-token": keys["Token"],
        }
        names = ";".join(sorted(headers))
        lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        asked = urlencode(sorted(question.query.items()), quote_via=quote)
        canonical = f"{question.method}\n{path}\n{asked}\n{lines}\n{names}\n{digest}"
        scope = f"{now[:8]}/{region}/{service}/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = ("AWS4" + keys["SecretAccessKey"]).encode()
        for part in (*scope.split("/"), text):
            key = hmac.digest(key, part.encode(), "sha256")
        credential = f"AWS4-HMAC-SHA256 Credential={keys['AccessKeyId']}/{scope}"
        headers["authorization"] = f"{credential}, SignedHeaders={names}, Signature={key.hex()}"
        url = base + path + ("?" + asked if asked else "")
        data = question.file.open("rb") if question.file else question.body or None
        return Request(url, data=data, headers=headers, method=question.method)

    def _credentials(self) -> dict[str, str]:
        """Of the instance's role, by a session of the metadata service (IMDSv2)."""
        soon = datetime.fromtimestamp(time.time() + FRESH, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if self._keys.get("Expiration", "") <= soon:
            base = self._endpoints.get("metadata", METADATA)
            life = {"X-aws-ec2-metadata-token-ttl-seconds": "300"}
            session = {
                "X-aws-ec2-metadata-token": _plain(Request(f"{base}/latest/api/token", headers=life, method="PUT"))
            }
            roles = f"{base}/latest/meta-data/iam/security-credentials/"
            role = _plain(Request(roles, headers=session)).split()[0]
            self._keys = json.loads(_plain(Request(roles + role, headers=session)))
        return self._keys


def _measured(question: Question) -> tuple[str, int]:
    if question.file is None:
        return hashlib.sha256(question.body).hexdigest(), len(question.body)
    with question.file.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), question.file.stat().st_size


def _plain(request: Request) -> str:
    with urlopen(request, timeout=5) as answer:
        return str(answer.read().decode())


def agent(aws: Aws, digest: str) -> Path:
    """The agent of that SHA-256, fetched once. Raises Refused, OSError, ValueError."""
    path = AGENTS / f"{digest}.pyz"
    if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == digest:
        return path
    content = aws.object(f"agent/{digest}.pyz")
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError(f"agent/{digest}.pyz is not what the secret names; it is not run")
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
