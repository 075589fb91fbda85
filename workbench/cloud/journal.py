"""The calls that the cloud served, in order: one JSON object per line, without values that may be secret."""

import io
import json
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from urllib.parse import parse_qsl

Environ = dict[str, object]  # WSGI's (PEP 3333)
Application = Callable[[Environ, Callable[..., object]], Iterable[bytes]]

# Identifiers in the parameters of the query protocol and of JSON bodies.
_IDENTIFYING = re.compile(r"(Id|Arn|Name|PrivateIpAddress|Device)(\.\d+)?$")
_CREDENTIAL = re.compile(r"Credential=[^/]+/[^/]+/(?P<region>[^/]+)/(?P<service>[^/]+)/")


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call. `action` is the API's name for it; for the REST services the method and the path."""

    seconds: float  # since the epoch
    service: str
    action: str
    names: dict[str, str] = field(default_factory=dict)


class Journal:
    """Wraps the cloud's WSGI application."""

    def __init__(self, application: Application, file: Path) -> None:
        self._application = application
        self._file = file
        self._lock = Lock()

    def __call__(self, environ: Environ, start: Callable[..., object]) -> Iterable[bytes]:
        """Record the call, then serve it."""
        call = _read(environ)
        if call is not None:
            with self._lock, self._file.open("a", encoding="utf-8") as out:
                out.write(json.dumps(call.__dict__) + "\n")
        return self._application(environ, start)


def calls(file: Path) -> list[Call]:
    """The calls so far, in their order."""
    if not file.exists():
        return []
    return [Call(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def _read(environ: Environ) -> Call | None:
    signed = _CREDENTIAL.search(str(environ.get("HTTP_AUTHORIZATION", "")))
    if signed is None:
        return None
    target = str(environ.get("HTTP_X_AMZ_TARGET", ""))
    if target:
        action, names = target.rsplit(".", 1)[-1], _json(_body(environ))
    elif "x-www-form-urlencoded" in str(environ.get("CONTENT_TYPE", "")):
        names = dict(parse_qsl(_body(environ).decode(errors="replace")))
        action = names.get("Action", "")
    else:
        action, names = f"{environ.get('REQUEST_METHOD')} {environ.get('PATH_INFO')}", {}
    shown = {name: value for name, value in names.items() if _IDENTIFYING.search(name)}
    return Call(seconds=time.time(), service=signed["service"], action=action, names=shown)


def _json(body: bytes) -> dict[str, str]:
    try:
        given: object = json.loads(body)
    except ValueError:
        return {}
    return {name: value for name, value in given.items() if isinstance(value, str)} if isinstance(given, dict) else {}


def _body(environ: Environ) -> bytes:
    length = int(str(environ.get("CONTENT_LENGTH") or 0))
    source = environ["wsgi.input"]
    body: bytes = source.read(length) if isinstance(source, io.IOBase) else b""
    environ["wsgi.input"] = io.BytesIO(body)
    return body
