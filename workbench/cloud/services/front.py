"""Handles requests to a service's own name: checks them as AWS does, then passes them to moto."""

import io
import json
import re
import threading
from collections.abc import Callable, Iterable
from xml.sax.saxutils import escape

from moto.core.authorization import ActionAuthenticatorMixin

from workbench.cloud.journal import Application, Environ
from workbench.cloud.replacing import instead_of
from workbench.cloud.services import keys
from workbench.cloud.services.signature import Request, SignatureRefused, check

# `BUCKET.s3.REGION.amazonaws.com`, `s3.REGION.amazonaws.com`, `secretsmanager.REGION.amazonaws.com`
_HOST = re.compile(r"(?:(?P<bucket>.+)\.)?(?P<service>[a-z0-9-]+)\.(?P<region>[a-z]{2}-[a-z]+-\d)\.amazonaws\.com$")
# prefix of actions in policies, if it differs from the service's name in signatures
PREFIXES = {"monitoring": "cloudwatch"}
FORBIDDEN = "403 Forbidden"


_checked = threading.local()


class Front:
    """Wraps moto's WSGI application."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: Environ, start: Callable[..., object]) -> Iterable[bytes]:
        """Check the name and the signature; IAM's policies decide in moto."""
        host = str(environ.get("HTTP_HOST", "")).partition(":")[0].lower()
        found = _HOST.fullmatch(host)
        if found is None:
            start("404 Not Found", [("Content-Length", "0")])
            return []
        service, bucket = found["service"], found["bucket"]
        request = _request(environ)
        try:
            key = check(request, service, keys.find)
        except SignatureRefused as refused:
            return _refuse(refused, service, start)
        environ["HTTP_HOST"] = "127.0.0.1"
        if bucket:
            raw = str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ["PATH_INFO"])
            environ["PATH_INFO"] = f"/{bucket}{environ['PATH_INFO']}"
            environ["RAW_URI"] = environ["REQUEST_URI"] = f"/{bucket}{raw}"
        _checked.policies = key.token is not None
        try:
            return list(self._application(environ, start))
        finally:
            _checked.policies = False


@instead_of(ActionAuthenticatorMixin, "_authenticate_and_authorize_action")
def authorize(
    original: Callable[..., None], self: ActionAuthenticatorMixin, iam_request: type, resource: str = "*"
) -> None:
    """Authorize an instance's role by its policies; the signature was checked with the request's own host."""
    if not getattr(_checked, "policies", False):
        original(self, iam_request, resource)
        return
    made = iam_request(
        account_id=self.current_account,  # type: ignore[attr-defined]  # moto mixes it into its responses
        method=self.method,  # type: ignore[attr-defined]
        path=self.raw_path,  # type: ignore[attr-defined]
        data=self.data,  # type: ignore[attr-defined]
        body=self.raw_body,  # type: ignore[attr-defined]
        headers=self.headers,  # type: ignore[attr-defined]
        action=self._get_action(),  # type: ignore[attr-defined]
    )
    service, _, action = made._action.partition(":")  # noqa: SLF001 -- moto takes the name in the signature
    made._action = f"{PREFIXES.get(service, service)}:{action}"  # noqa: SLF001
    made.check_action_permitted(resource)


def _request(environ: Environ) -> Request:
    raw = str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ["PATH_INFO"])
    headers = {
        name.removeprefix("HTTP_").lower().replace("_", "-"): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_") or name in {"CONTENT_TYPE", "CONTENT_LENGTH"}
    }
    length = int(str(environ.get("CONTENT_LENGTH") or 0))
    source = environ["wsgi.input"]
    body: bytes = source.read(length) if length and hasattr(source, "read") else b""
    environ["wsgi.input"] = io.BytesIO(body)
    return Request(
        method=str(environ["REQUEST_METHOD"]),
        path=raw.partition("?")[0],
        query=str(environ.get("QUERY_STRING", "")),
        headers=headers,
        body=body,
    )


def _refuse(refused: SignatureRefused, service: str, start: Callable[..., object]) -> list[bytes]:
    if service == "s3":
        text = f"<Error><Code>{refused.code}</Code><Message>{escape(str(refused))}</Message></Error>"
    else:
        text = json.dumps({"__type": refused.code, "message": str(refused)})
    body = text.encode()
    kind = "application/xml" if service == "s3" else "application/x-amz-json-1.1"
    start(FORBIDDEN, [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]
