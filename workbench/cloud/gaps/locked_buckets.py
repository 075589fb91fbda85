"""Buckets with Object Lock: a new object needs a digest of its body (S3 User Guide, "Object Lock considerations")."""

import re
from collections.abc import Callable

from moto.s3.exceptions import MissingUploadObjectWithObjectLockHeaders, S3ClientError
from moto.s3.responses import S3Response
from werkzeug.datastructures import Headers

from workbench.cloud.replacing import instead_of

ALGORITHM = "x-amz-sdk-checksum-algorithm"
_CHECKSUM = re.compile(r"x-amz-checksum-(crc32c?|crc64nvme|sha1|sha256)", re.IGNORECASE)


@instead_of(S3Response, "_key_response_put")
def put(original: Callable[..., object], self: S3Response, *given: object, **named: object) -> object:
    """Accept a checksum without its algorithm, which moto requires but only the SDKs send."""
    found = [match[1] for name, _ in self.headers.items() if (match := _CHECKSUM.fullmatch(name))]
    if found and not self.headers.get(ALGORITHM):
        self.headers = Headers([*self.headers.items(), (ALGORITHM, found[0].upper())])
    return original(self, *given, **named)


@instead_of(MissingUploadObjectWithObjectLockHeaders, "__init__")
def refused(original: Callable[..., None], self: MissingUploadObjectWithObjectLockHeaders) -> None:  # noqa: ARG001
    """The error with S3's own code and message."""
    text = "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters"
    S3ClientError.__init__(self, "InvalidRequest", text)
