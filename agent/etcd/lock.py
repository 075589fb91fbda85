"""The cluster's lock: one node at a time makes disruptive changes. If a holder dies, its lease releases the lock."""

import json
import threading
import time
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from agent.etcd.client import EtcdClient
from agent.etcd.gateway import Unreachable
from agent.model.events import Events
from agent.model.failure import Failed
from agent.model.json_reading import Malformed, parse

KEY = "/quorate/lock"
# Longer than an election and a restart of one member, but short enough to wait until a dead holder's lease expires.
TTL_SECONDS = 15
RENEW_SECONDS = 3.0
POLL_SECONDS = 0.5


class LockLost(Failed):
    """The lease could not be renewed in time: another node may hold the lock by now."""


class ClusterLock:
    """Used as a context manager. `patience` is how many seconds to wait for the other nodes."""

    def __init__(self, etcd: EtcdClient, *, holder: str, events: Events, patience: float = 1800.0) -> None:
        self._etcd = etcd
        self._holder = holder
        self._events = events
        self._patience = patience
        self._lease = 0
        self._renewed = 0.0
        self._stop = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="lock", daemon=True)

    def __enter__(self) -> Self:
        deadline = time.monotonic() + self._patience
        shown = ""
        while not self._try():
            holder = self._who()
            if holder != shown:
                self._events.lock("waiting", f"{holder} is making changes")
                shown = holder
            if time.monotonic() > deadline:
                raise Failed(f"the cluster's lock did not become free within {self._patience:.0f} s: {holder} holds it")
            time.sleep(POLL_SECONDS)
        self._keeper.start()
        self._events.lock("held", f"{self._holder} may change this cluster")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._keeper.join(timeout=RENEW_SECONDS)
        # reported first: the next node must not report that it holds the lock before this one reports its release
        self._events.lock("released", "")
        self._give_back()

    def check(self) -> None:
        """Raises LockLost unless the lock is still held for certain."""
        silent = time.monotonic() - self._renewed
        if silent > TTL_SECONDS - RENEW_SECONDS:
            raise LockLost(
                f"the cluster's lock could not be renewed for {silent:.0f} s; nothing more is changed. Run it again"
            )

    def _try(self) -> bool:
        asked = time.monotonic()
        value = json.dumps({"holder": self._holder, "since": datetime.now(UTC).isoformat(timespec="seconds")})
        try:
            lease = self._lease = self._etcd.grant(TTL_SECONDS)
            if self._etcd.create(KEY, value, lease=lease):
                self._renewed = asked
                return True
            # the response may have been lost: the key may exist with this lease
            found = self._etcd.read(KEY)
            if found and found[1] == lease:
                self._renewed = asked
                return True
        except Unreachable:
            pass
        self._give_back()
        return False

    def _give_back(self) -> None:
        if self._lease:
            try:
                self._etcd.revoke(self._lease)
            except Failed:
                return  # the lock is released when the lease expires
            finally:
                self._lease = 0

    def _who(self) -> str:
        try:
            found = self._etcd.read(KEY)
            if not found:
                return "another node"
            value = parse(found[0], at=KEY)
            return f"{value['holder'].text()} since {value['since'].text()}"
        except Unreachable:
            return "an unknown holder (etcd has no quorum)"
        except Malformed:
            return "a holder whose entry this agent cannot read"

    def _keep(self) -> None:
        while not self._stop.wait(RENEW_SECONDS):
            asked = time.monotonic()
            try:
                if self._etcd.keep_alive(self._lease) > 0:
                    self._renewed = asked
                else:
                    self._renewed = 0.0
                    return
            except Failed:
                continue  # an election or a restart; `check` limits the outage
