"""Answers a repeated request with the first answer, so that a client's retry changes nothing a second time.

The AWS SDKs repeat a request whose answer they did not receive, with the same `amz-sdk-invocation-id` (AWS SDKs and
Tools Reference Guide, "Retry behavior"). moto would execute a repeated deletion again and answer that the resource
does not exist.
"""

import io
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Lock

from workbench.cloud.journal import Application, Environ

KEPT = 2000  # answers; more than an SDK's whole retry period holds, and a few megabytes
LARGEST = 1024 * 1024  # bytes of an answer that is kept; a change never answers with more
FIRST_FAILURE = 500  # HTTP status: from here on the request was not executed, and a retry may succeed
REPEATABLE = frozenset({"GET", "HEAD"})


@dataclass
class Answer:
    """What was sent, or is about to be sent by the thread that holds `lock`."""

    lock: Lock = field(default_factory=Lock)
    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    @property
    def complete(self) -> bool:
        """Whether a retry gets this answer."""
        return bool(self.status) and int(self.status.split(" ", 1)[0]) < FIRST_FAILURE and len(self.body) <= LARGEST


class Replay:
    """Wraps the cloud's WSGI application."""

    def __init__(self, application: Application, *, kept: int = KEPT) -> None:
        self._application = application
        self._kept = kept
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._lock = Lock()

    def __call__(self, environ: Environ, start: Callable[..., object]) -> Iterable[bytes]:
        """Execute the request, or send the answer again that an earlier attempt was given."""
        invocation = str(environ.get("HTTP_AMZ_SDK_INVOCATION_ID", ""))
        if not invocation or environ.get("REQUEST_METHOD") in REPEATABLE:
            return self._application(environ, start)
        answer = self._answer(invocation)
        with answer.lock:  # a retry waits until the attempt that is being executed has its answer
            if answer.complete:
                _drain(environ)
                attempt = environ.get("HTTP_AMZ_SDK_REQUEST", "")
                sys.stderr.write(f"replay: {invocation} ({attempt}) gets its first answer, {answer.status}\n")
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
    """Read the request's body: a connection closed with unread bytes is reset, and the answer may be lost."""
    source = environ["wsgi.input"]
    if isinstance(source, io.IOBase):
        source.read(int(str(environ.get("CONTENT_LENGTH") or 0)))
