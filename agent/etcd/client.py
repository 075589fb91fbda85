"""The calls to etcd that the agent needs."""

import base64
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from threading import Thread

from agent.etcd.gateway import EtcdRefused, Gateway, Unreachable
from agent.etcd.members import NO_SPACE, EtcdMember, MemberStatus, member, status
from agent.model.failure import Failed
from agent.model.json_reading import Json

PAGE = 100  # values in one response: an object may have a megabyte
PAGE_SECONDS = 15.0
COMPACTED = "has been compacted"  # etcd's words (ErrCompacted)


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


class EtcdClient:
    """Every call raises Unreachable (no member responds) or EtcdRefused (etcd refuses)."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def members(self) -> tuple[EtcdMember, ...]:
        """The member list that a quorum agrees on: calls all members at the same time and takes the first response."""
        return tuple(map(member, self._first("/v3/cluster/member/list", {"linearizable": True})["members"].items()))

    def _first(self, path: str, body: dict[str, object]) -> Json:
        answers: SimpleQueue[Json | Failed] = SimpleQueue()

        def ask(url: str) -> None:
            try:
                answers.put(self._gateway.ask(path, body, endpoints=(url,), timeout=1.0))
            except Failed as error:
                answers.put(error)

        for url in self._gateway.endpoints:
            # daemons: a member that hangs must not keep the agent from exiting
            Thread(target=ask, args=(url,), daemon=True).start()
        reasons: dict[str, str] = {}
        for _ in self._gateway.endpoints:
            match answers.get():
                case Json() as answer:
                    return answer
                case Unreachable() as error:
                    reasons.update(error.reasons)
                case error:
                    raise error
        raise Unreachable(reasons)

    def traces(self, peer_urls: Sequence[str]) -> tuple[tuple[EtcdMember, ...], ...]:
        """The member lists that single members keep, from their peer ports, which serve them without any quorum."""

        def trace(url: str) -> tuple[EtcdMember, ...]:
            try:
                return tuple(map(member, self._gateway.ask("/members", None, endpoints=(url,)).items()))
            except Failed:
                return ()

        with ThreadPoolExecutor(max_workers=max(1, len(peer_urls))) as pool:
            return tuple(filter(None, pool.map(trace, peer_urls)))

    def status(self, client_url: str) -> MemberStatus:
        """One member's own view."""
        return status(self._gateway.ask("/v3/maintenance/status", {}, endpoints=(client_url,)))

    def add_learner(self, peer_url: str) -> tuple[EtcdMember, ...]:
        """Add a member that does not vote yet; the new member list."""
        said = self._gateway.ask("/v3/cluster/member/add", {"peerURLs": [peer_url], "isLearner": True}, timeout=8.0)
        return tuple(map(member, said["members"].items()))

    def remove(self, id_: int) -> None:
        """Remove a member permanently; its identity is never used again."""
        self._gateway.ask("/v3/cluster/member/remove", {"ID": str(id_)}, timeout=8.0)

    def promote(self, id_: int) -> None:
        """Promote a learner to a voter; refused until it has caught up."""
        self._gateway.ask("/v3/cluster/member/promote", {"ID": str(id_)}, timeout=8.0)

    def move_leader(self, *, leader_url: str, to: int) -> None:
        """Ask the leader to hand over."""
        self._gateway.ask(
            "/v3/maintenance/transfer-leadership", {"targetID": str(to)}, endpoints=(leader_url,), timeout=8.0
        )

    def compact(self, revision: int) -> None:
        """Drop all revisions before the given one. An already compacted revision is not an error."""
        try:
            self._gateway.ask("/v3/kv/compaction", {"revision": str(revision), "physical": True}, timeout=60.0)
        except EtcdRefused as error:
            if COMPACTED not in str(error):
                raise

    def defragment(self, client_url: str, *, seconds: float) -> None:
        """Release one member's unused pages to its disk; the member serves no client meanwhile."""
        self._gateway.ask("/v3/maintenance/defragment", {}, endpoints=(client_url,), timeout=seconds)

    def disarm_no_space(self) -> None:
        """Disarm every alarm NOSPACE. etcd raises it again at the next write if a member has no space."""
        alarms = self._gateway.ask("/v3/maintenance/alarm", {"action": "GET"})["alarms"].items()
        for alarm in alarms:
            if alarm["alarm"].text("") == NO_SPACE:
                raised_by = str(alarm["memberID"].number())
                self._gateway.ask(
                    "/v3/maintenance/alarm", {"action": "DEACTIVATE", "memberID": raised_by, "alarm": NO_SPACE}
                )

    def grant(self, seconds: int) -> int:
        """A new lease."""
        return self._gateway.ask("/v3/lease/grant", {"TTL": str(seconds)})["ID"].number()

    def keep_alive(self, lease: int) -> int:
        """Seconds that the lease has left after renewal; 0 if it has expired."""
        return self._gateway.ask("/v3/lease/keepalive", {"ID": str(lease)})["result"]["TTL"].number(0)

    def revoke(self, lease: int) -> None:
        """End a lease and everything bound to it."""
        self._gateway.ask("/v3/lease/revoke", {"ID": str(lease)})

    def create(self, key: str, value: str, *, lease: int) -> bool:
        """Write a key that does not exist yet, bound to the lease; False if it exists."""
        encoded = _encoded(key)
        said = self._gateway.ask(
            "/v3/kv/txn",
            {
                "compare": [{"key": encoded, "target": "CREATE", "result": "EQUAL", "create_revision": "0"}],
                "success": [{"request_put": {"key": encoded, "value": _encoded(value), "lease": str(lease)}}],
            },
        )
        return said["succeeded"].flag()

    def values(self, prefix: str, *, limit: int) -> tuple[bytes, ...]:
        """The values of the first keys with that prefix."""
        last = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        asked = {"key": _encoded(prefix), "range_end": _encoded(last), "limit": str(limit)}
        found = self._gateway.ask("/v3/kv/range", asked)["kvs"].items()
        return tuple(base64.b64decode(one["value"].text("")) for one in found)

    def read(self, key: str) -> tuple[str, int] | None:
        """(value, lease) of a key; None if it does not exist."""
        found = self._gateway.ask("/v3/kv/range", {"key": _encoded(key)})["kvs"].items()
        if not found:
            return None
        return base64.b64decode(found[0]["value"].text("")).decode(), found[0]["lease"].number(0)

    def put(self, key: str, value: str) -> None:
        """Write a key, whether it exists or not."""
        self._gateway.ask("/v3/kv/put", {"key": _encoded(key), "value": _encoded(value)})

    def delete(self, key: str) -> None:
        """Remove a key, whether it exists or not."""
        self._gateway.ask("/v3/kv/deleterange", {"key": _encoded(key)})

    def entries(self, prefix: str) -> Iterator[tuple[str, bytes]]:
        """Every key below a prefix with its value, all at one revision."""
        end = _encoded(prefix[:-1] + chr(ord(prefix[-1]) + 1))
        start, revision, more = _encoded(prefix), "0", True
        while more:
            asked = {"key": start, "range_end": end, "limit": str(PAGE), "revision": revision}
            page = self._gateway.ask("/v3/kv/range", asked, timeout=PAGE_SECONDS)
            found = page["kvs"].items()
            for one in found:
                yield base64.b64decode(one["key"].text()).decode(), base64.b64decode(one["value"].text(""))
            more = page["more"].flag() and bool(found)
            revision = str(page["header"]["revision"].number()) if revision == "0" else revision
            if more:
                start = base64.b64encode(base64.b64decode(found[-1]["key"].text()) + b"\0").decode()
