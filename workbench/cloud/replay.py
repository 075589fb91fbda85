"""Returns the first response to a repeated request, so that a client's retry changes nothing a second time.

The AWS SDKs repeat a request whose response they did not receive, with the same `amz-sdk-invocation-id` (AWS SDKs and
Tools Reference Guide, "Retry behavior"). moto would execute a repeated deletion again and report that the resource
does not exist.
"""

import io
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Lock

from workbench.cloud.journal import Application, Environ

KEPT = 2000  # responses; more than one SDK retry period produces, and a few megabytes
LARGEST = 1024 * 1024  # bytes of a stored response; the response to a change is never larger
FIRST_FAILURE = 500  # HTTP status: from here on the request was not executed, and a retry may succeed
REPEATABLE = frozenset({"GET", "HEAD"})


@dataclass
class Answer:
    """The response that was sent, or that the thread with `lock` will send."""

    lock: Lock = field(default_factory=Lock)
    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    @property
    def complete(self) -> bool:
        """Whether a retry gets this response."""
        return bool(self.status) and int(self.status.split(" ", 1)[0]) < FIRST_FAILURE and len(self.body) <= LARGEST


class Replay:
    """Wraps the cloud's WSGI application."""

    def __init__(self, application: Application, *, kept: int = KEPT) -> None:
        self._application = application
        self._kept = kept
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._lock = Lock()

    def __call__(self, environ: Environ, start: Callable[..., object]) -> Iterable[bytes]:
        """Execute the request, or repeat the response of an earlier attempt."""
        invocation = str(environ.get("HTTP_AMZ_SDK_INVOCATION_ID", ""))
        if not invocation or environ.get("REQUEST_METHOD") in REPEATABLE:
            return self._application(environ, start)
        answer = self._answer(invocation)
        with answer.lock:  # a retry waits for the response of the running attempt
            if answer.complete:
                _drain(environ)
                attempt = environ.get("HTTP_AMZ_SDK_REQUEST", "")
                sys.stderr.write(f"replay: {invocation} ({attempt}) gets its first response, {answer.status}\n")
            else:
                self._execute(environ, answer)
        start(answer.status, answer.headers)
        return [answer.body]

    def _answer(self, invocation: str) -> Answer:
        with self._lock:
            answer = self._answers.setdefault(invocation, Answer())
            while len(self._answers) > self._kept:
                self._answers.popitem(last=False)
            return answer

    def _execute(self, environ: Environ, answer: Answer) -> None:
        def started(status: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[[bytes], object]:
            answer.status, answer.headers = status, headers
            return written.write

        written = io.BytesIO()
        parts = self._application(environ, started)
        try:
            for part in parts:
                written.write(part)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        answer.body = written.getvalue()


def _drain(environ: Environ) -> None:
    """Read the request's body: a connection closed with unread bytes is reset, and the response may be lost."""
    source = environ["wsgi.input"]
    if isinstance(source, io.IOBase):
        source.read(int(str(environ.get("CONTENT_LENGTH") or 0)))
