"""A client that writes at a steady rate and records every response."""

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from workbench.lab.access import Access, Address
from workbench.lab.api import Connection, Json, Unanswered
from workbench.lab.ledger import Acknowledged, Failed, Ledger

NAMESPACE = "drills"
CREATED, CONFLICT = 201, 409
_FOREIGN = "exists although it was never sent"


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long a client waits for a response; all in seconds.

    `deadline` is for one try, `pause` between two tries; `give_up` counts from the first try, None for never.
    """

    deadline: float = 1.0
    pause: float = 0.02
    give_up: float | None = None


class Writer:
    """Creates one ConfigMap per `pace` seconds: a new one only after the last one is confirmed or abandoned.

    Names are unique to the writer, so "exists already" after a try without a response confirms that try.
    """

    def __init__(
        self,
        access: Access,
        ledger: Ledger,
        *,
        to: Address | None = None,
        pace: float = 0.05,
        patience: Patience | None = None,
        namespace: str = NAMESPACE,
    ) -> None:
        self.ledger = ledger
        self.namespace = namespace
        self.through = (to or access.endpoint).name
        self._pace = pace
        self._patience = patience or Patience()
        self._connection = Connection(access, to)
        self._run = f"w{secrets.token_hex(4)}"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name=self._run, daemon=True)

    @property
    def objects(self) -> str:
        """The path under which the written objects are."""
        return f"/api/v1/namespaces/{self.namespace}/configmaps"

    def start(self) -> None:
        """Create the namespace and start. Raises `Unanswered`, or `RuntimeError` if it is refused."""
        made = self._connection.post("/api/v1/namespaces", {"metadata": {"name": self.namespace}}, deadline=10)
        if made.status not in (CREATED, CONFLICT):
            raise RuntimeError(f"namespace {self.namespace}: HTTP {made.status}: {made.text('message')}")
        self._thread.start()

    def stop(self) -> None:
        """Stop after the try in flight; an unconfirmed write is recorded as abandoned."""
        self._stop.set()
        self._thread.join()
        self._connection.close()

    def _work(self) -> None:
        due = time.monotonic()
        number = 0
        while not self._stop.is_set():
            number += 1
            self._write(f"{self._run}-{number:06d}", str(number))
            due = max(due + self._pace, time.monotonic())
            self._stop.wait(max(0.0, due - time.monotonic()))

    def _write(self, name: str, value: str) -> None:
        first = time.monotonic()
        tries = 0
        while True:
            tries += 1
            sent = time.monotonic()
            outcome = self._try(name, value, first=first, tries=tries)
            if isinstance(outcome, Acknowledged):
                self.ledger.append(outcome)
                return
            now = time.monotonic()
            late = self._patience.give_up is not None and now - first >= self._patience.give_up
            last = late or self._stop.is_set() or outcome == _FOREIGN
            self.ledger.append(
                Failed(name=name, value=value, sent=sent, at=now, reason=outcome, last=last, through=self.through)
            )
            if last:
                return
            self._stop.wait(self._patience.pause)

    def _try(self, name: str, value: str, *, first: float, tries: int) -> Acknowledged | str:
        body: Json = {"metadata": {"name": name}, "data": {"value": value}}
        try:
            answer = self._connection.post(self.objects, body, deadline=self._patience.deadline)
        except Unanswered as reason:
            return str(reason)
        exists = answer.status == CONFLICT and answer.text("reason") == "AlreadyExists"
        if exists and tries == 1:
            return _FOREIGN
        if answer.status != CREATED and not exists:
            return f"HTTP {answer.status}: {answer.text('message')[:200]}"
        return Acknowledged(
            name=name,
            value=value,
            uid=None if exists else answer.text("metadata", "uid"),
            revision=None if exists else int(answer.text("metadata", "resourceVersion")),
            sent=first,
            at=time.monotonic(),
            tries=tries,
            through=self.through,
        )


@contextmanager
def writing(writer: Writer, *others: Writer) -> Iterator[Ledger]:
    """Write while the block runs; other clients may use the same ledger through other places."""
    running: list[Writer] = []
    try:
        for one in (writer, *others):
            one.start()
            running.append(one)
        yield writer.ledger
    finally:
        for one in running:
            one.stop()
