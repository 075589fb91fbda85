"""The first contact of an instance with its environment, in one file: it travels in user data.

It reads the node's secret with the instance's own role, fetches the agent that the secret names by its digest, and
becomes it. The standard library is enough: images of distributions have Python, but not the AWS CLI.
"""

import hashlib
import hmac
import json
import os
import sys
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

PLACE = Path("/etc/quorate/place.json")
AGENTS = Path("/var/lib/quorate/agents")
METADATA = "http://169.254.169.254"
ATTEMPTS = 4


class Refused(Exception):
    """AWS answered with an error; `status` is HTTP's."""

    def __init__(self, what: str, status: int, said: str) -> None:
        self.status = status
        super().__init__(f"{what}: {status} {said[:300]}")


class Aws:
    """Signed requests (Signature Version 4) with the credentials of the instance's role.

    `place` has region, bucket, node, secret; `endpoints` in it (service to URL) is for an emulated AWS.
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
        answer = json.loads(self.ask("secretsmanager", "POST", "/", body=body, headers=headers))
        return str(answer["SecretString"]).encode()

    def object(self, key: str, *, bucket: str = "") -> bytes:
        """An object's content."""
        return self.ask("s3", "GET", "/" + key, bucket=bucket or self.place["bucket"])

    def ask(
        self,
        service: str,
        method: str,
        path: str,
        *,
        bucket: str = "",
        query: Mapping[str, str] = {},
        headers: Mapping[str, str] = {},
        body: bytes = b"",
    ) -> bytes:
        """The answer's body. Raises Refused; a network or a server that fails is asked again."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                request = self._signed(service, method, path, bucket, query, headers, body)
                with urlopen(request, timeout=30) as answer:
                    content: bytes = answer.read()
                    return content
            except HTTPError as error:
                if error.code < 500 or attempt == ATTEMPTS:
                    said = error.read().decode(errors="replace")
                    raise Refused(f"{service} {method} {path}", error.code, said) from None
            except (URLError, OSError):
                if attempt == ATTEMPTS:
                    raise
            time.sleep(2**attempt)
        raise AssertionError

    def _signed(
        self,
        service: str,
        method: str,
        path: str,
        bucket: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
    ) -> Request:
        keys, region = self._credentials(), self.place["region"]
        suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        base = self._endpoints.get(service, f"https://{bucket + '.' if bucket else ''}{service}.{region}.{suffix}")
        if bucket and service in self._endpoints:
            path = f"/{bucket}{path}"
        path = quote(path, safe="/-_.~")
        now = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        digest = hashlib.sha256(body).hexdigest()
        signed = {
            **headers,
            "host": base.split("://")[1],
            "x-amz-content-sha256": digest,
            "x-amz-date": now,
            "x-amz-security-token": keys["Token"],
        }
        names = ";".join(sorted(signed))
        lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        asked = urlencode(sorted(query.items()), quote_via=quote)
        canonical = f"{method}\n{path}\n{asked}\n{lines}\n{names}\n{digest}"
        scope = f"{now[:8]}/{region}/{service}/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = ("AWS4" + keys["SecretAccessKey"]).encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        credential = f"AWS4-HMAC-SHA256 Credential={keys['AccessKeyId']}/{scope}"
        signed["authorization"] = f"{credential}, SignedHeaders={names}, Signature={signature}"
        url = base + path + ("?" + asked if asked else "")
        return Request(url, data=body or None, headers=signed, method=method)

    def _credentials(self) -> dict[str, str]:
        """Of the instance's role, by a session of the metadata service (IMDSv2); renewed five minutes before the end."""
        soon = datetime.fromtimestamp(time.time() + 300, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        if self._keys.get("Expiration", "") <= soon:
            base = self._endpoints.get("metadata", METADATA)
            life = {"X-aws-ec2-metadata-token-ttl-seconds": "300"}
            token = _plain(Request(f"{base}/latest/api/token", headers=life, method="PUT"))
            session = {"X-aws-ec2-metadata-token": token}
            roles = f"{base}/latest/meta-data/iam/security-credentials/"
            role = _plain(Request(roles, headers=session)).split()[0]
            self._keys = json.loads(_plain(Request(roles + role, headers=session)))
        return self._keys


def _plain(request: Request) -> str:
    with urlopen(request, timeout=5) as answer:
        return str(answer.read().decode())


def agent(aws: Aws, digest: str) -> Path:
    """The agent of that SHA-256, fetched once. Raises Refused, ValueError."""
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
    os.execv(sys.executable, [sys.executable, str(program), *(sys.argv[1:] or ["converge"])])
