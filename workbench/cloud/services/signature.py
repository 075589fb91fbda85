"""Signature Version 4, as AWS checks it: in a header or in the query (IAM User Guide, "Signature Version 4")."""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote

ALGORITHM = "AWS4-HMAC-SHA256"
SKEW = timedelta(minutes=15)
LONGEST = 604_800  # longest validity of a presigned URL in seconds
UNSIGNED = "UNSIGNED-PAYLOAD"
_HEADER = re.compile(
    r"Credential=(?P<credential>[^,\s]+),\s*SignedHeaders=(?P<headers>[^,\s]+),\s*Signature=(?P<signature>\w+)"
)


class SignatureRefused(Exception):
    """The request is refused; `code` is AWS's error code."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


@dataclass(frozen=True, kw_only=True)
class Key:
    """Credentials that AWS knows. `token`: None for those of a user; `expires`: None if they do not expire."""

    secret: str
    owner: str
    token: str | None = None
    expires: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Request:
    """`path` as it was sent; `query` without the question mark; names of headers in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, kw_only=True)
class _Claim:
    credential: str
    headers: tuple[str, ...]
    signature: str
    date: str
    token: str | None
    digest: str
    query: tuple[tuple[str, str], ...]
    seconds: int | None


def check(request: Request, service: str, find: Callable[[str], Key | None], *, now: datetime | None = None) -> Key:
    """The key that signed the request for the service. Raises `SignatureRefused`."""
    claim = _claim(request)
    identity, day, region, scope, end = (claim.credential.split("/") + [""] * 5)[:5]
    if scope != service or end != "aws4_request" or day != claim.date[:8]:
        raise SignatureRefused("SignatureDoesNotMatch", f"Credential should be scoped to the service {service}.")
    key = find(identity)
    if key is None:
        raise SignatureRefused("InvalidAccessKeyId", "The access key ID does not exist in our records.")
    _check_time(claim, key, now or datetime.now(UTC))
    if key.token != claim.token:
        raise SignatureRefused("InvalidToken", "The provided token is malformed or otherwise invalid.")
    if claim.digest not in {UNSIGNED, hashlib.sha256(request.body).hexdigest()}:
        raise SignatureRefused("XAmzContentSHA256Mismatch", "The SHA-256 of the body is not the signed one.")
    text = _canonical(request, claim, service)
    lines = (ALGORITHM, claim.date, f"{day}/{region}/{scope}/{end}", hashlib.sha256(text.encode()).hexdigest())
    signing = f"AWS4{key.secret}".encode()
    for part in (day, region, scope, end, "\n".join(lines)):
        signing = hmac.digest(signing, part.encode(), "sha256")
    if not hmac.compare_digest(signing.hex(), claim.signature):
        raise SignatureRefused("SignatureDoesNotMatch", "The calculated signature is not the provided one.")
    return key


def _claim(request: Request) -> _Claim:
    query = tuple(parse_qsl(request.query, keep_blank_values=True))
    given = dict(query)
    if given.get("X-Amz-Algorithm") == ALGORITHM:
        seconds = given.get("X-Amz-Expires", "")
        if not seconds.isdigit() or not 0 < int(seconds) <= LONGEST:
            raise SignatureRefused("AuthorizationQueryParametersError", "X-Amz-Expires is missing or out of range.")
        return _Claim(
            credential=given.get("X-Amz-Credential", ""),
            headers=tuple(given.get("X-Amz-SignedHeaders", "").split(";")),
            signature=given.get("X-Amz-Signature", ""),
            date=given.get("X-Amz-Date", ""),
            token=given.get("X-Amz-Security-Token"),
            # S3 signs no body of a presigned URL; other services sign an empty one.
            digest=hashlib.sha256(request.body).hexdigest(),
            query=tuple(each for each in query if each[0] != "X-Amz-Signature"),
            seconds=int(seconds),
        )
    found = _HEADER.search(request.headers.get("authorization", ""))
    if found is None:
        raise SignatureRefused("MissingAuthenticationToken", "Request is missing Authentication Token")
    return _Claim(
        credential=found["credential"],
        headers=tuple(found["headers"].split(";")),
        signature=found["signature"],
        date=request.headers.get("x-amz-date", ""),
        token=request.headers.get("x-amz-security-token"),
        digest=request.headers.get("x-amz-content-sha256") or hashlib.sha256(request.body).hexdigest(),
        query=query,
        seconds=None,
    )


def _check_time(claim: _Claim, key: Key, now: datetime) -> None:
    try:
        signed = datetime.strptime(claim.date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise SignatureRefused("MissingAuthenticationToken", "The date of the signature is missing.") from None
    if claim.seconds is None and abs(now - signed) > SKEW:
        raise SignatureRefused("RequestTimeTooSkewed", "The difference between the times is too large.")
    if claim.seconds is not None and not signed - SKEW <= now <= signed + timedelta(seconds=claim.seconds):
        raise SignatureRefused("AccessDenied", "Request has expired")
    if key.expires is not None and now >= key.expires:
        raise SignatureRefused("ExpiredToken", "The provided token has expired.")


def _canonical(request: Request, claim: _Claim, service: str) -> str:
    # S3 signs the path as it is sent, every other service encodes it a second time.
    path = request.path or "/"
    path = path if service == "s3" else quote(path, safe="/-_.~")
    pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in claim.query)
    query = "&".join(f"{name}={value}" for name, value in pairs)
    lines = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in claim.headers)
    signed = ";".join(claim.headers)
    digest = claim.digest
    if service == "s3" and claim.seconds is not None:
        digest = UNSIGNED
    return f"{request.method}\n{path}\n{query}\n{lines}\n{signed}\n{digest}"
