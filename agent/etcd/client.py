"""The few things that the agent asks etcd."""

import base64
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread

from agent.etcd.gateway import Gateway, Unreachable
from agent.model.failure import Failed
from agent.model.json_reading import Json

PAGE = 100  # values in one answer: an object may have a megabyte
PAGE_SECONDS = 15.0


@dataclass(frozen=True, kw_only=True)
class EtcdMember:
    """One entry of the member list. `name` is empty until a member that was added has started; so are `client_urls`
    until the member has served once (a statically configured one has its name from the beginning)."""

    id: int
    name: str
    peer_urls: tuple[str, ...]
    client_urls: tuple[str, ...]
    learner: bool

    @property
    def has_served(self) -> bool:
        """Whether the member has ever been part of a working cluster."""
        return bool(self.client_urls)


@dataclass(frozen=True, kw_only=True)
class MemberStatus:
    """What one member says of itself. `leader` 0 means that it follows none; `used_bytes` of the database's file hold
    data, the rest would be given back by a defragmentation; `quota_bytes` is 0 before etcd 3.6."""

    id: int
    leader: int
    learner: bool
    version: str
    errors: tuple[str, ...]
    database_bytes: int
    used_bytes: int
    quota_bytes: int
    cluster: int
    revision: int
    applied: int


def _member(value: Json) -> EtcdMember:
    return EtcdMember(
        id=value["ID"].number() if value["ID"].present else value["id"].number(),
        name=value["name"].text(""),
        peer_urls=tuple(url.text() for url in value["peerURLs"].items()),
        client_urls=tuple(url.text() for url in value["clientURLs"].items()),
        learner=value["isLearner"].flag(),
    )


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


class EtcdClient:
    """Every call raises Unreachable (nobody answers), EtcdRefused (etcd says no)."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def members(self) -> tuple[EtcdMember, ...]:
        """The member list that a quorum agrees on; all members are asked at once, the first answer counts."""
        return tuple(map(_member, self._first("/v3/cluster/member/list", {"linearizable": True})["members"].items()))

    def _first(self, path: str, body: dict[str, object]) -> Json:
        answers: SimpleQueue[Json | Failed] = SimpleQueue()

        def ask(url: str) -> None:
            try:
                answers.put(self._gateway.ask(path, body, endpoints=(url,), timeout=1.0))
            except Failed as error:
                answers.put(error)

        for url in self._gateway.endpoints:
            # daemons: a member that hangs must not keep the agent from ending
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
                return tuple(map(_member, self._gateway.ask("/members", None, endpoints=(url,)).items()))
            except Failed:
                return ()

        with ThreadPoolExecutor(max_workers=max(1, len(peer_urls))) as pool:
            return tuple(filter(None, pool.map(trace, peer_urls)))

    def status(self, client_url: str) -> MemberStatus:
        """One member's own view."""
        said = self._gateway.ask("/v3/maintenance/status", {}, endpoints=(client_url,))
        return MemberStatus(
            id=said["header"]["member_id"].number(),
            leader=said["leader"].number(0),
            learner=said["isLearner"].flag(),
            version=said["version"].text(""),
            errors=tuple(error.text() for error in said["errors"].items()),
            database_bytes=said["dbSize"].number(0),
            used_bytes=said["dbSizeInUse"].number(0),
            quota_bytes=said["dbSizeQuota"].number(0),
            cluster=said["header"]["cluster_id"].number(0),
            revision=said["header"]["revision"].number(0),
            applied=said["raftAppliedIndex"].number(0),
        )

    def add_learner(self, peer_url: str) -> tuple[EtcdMember, ...]:
        """Add a member that does not vote yet; the new member list."""
        said = self._gateway.ask("/v3/cluster/member/add", {"peerURLs": [peer_url], "isLearner": True}, timeout=8.0)
        return tuple(map(_member, said["members"].items()))

    def remove(self, member: int) -> None:
        """Remove a member for good; its identity never comes back."""
        self._gateway.ask("/v3/cluster/member/remove", {"ID": str(member)}, timeout=8.0)

    def promote(self, member: int) -> None:
        """Let a learner vote; refused until it has caught up."""
        self._gateway.ask("/v3/cluster/member/promote", {"ID": str(member)}, timeout=8.0)

    def move_leader(self, *, leader_url: str, to: int) -> None:
        """Ask the leader to hand over."""
        self._gateway.ask(
            "/v3/maintenance/transfer-leadership", {"targetID": str(to)}, endpoints=(leader_url,), timeout=8.0
        )

    def grant(self, seconds: int) -> int:
        """A new lease."""
        return self._gateway.ask("/v3/lease/grant", {"TTL": str(seconds)})["ID"].number()

    def keep_alive(self, lease: int) -> int:
        """Seconds the lease has left after renewal; 0 where it is gone."""
        return self._gateway.ask("/v3/lease/keepalive", {"ID": str(lease)})["result"]["TTL"].number(0)

    def revoke(self, lease: int) -> None:
        """End a lease and everything bound to it."""
        self._gateway.ask("/v3/lease/revoke", {"ID": str(lease)})

    def create(self, key: str, value: str, *, lease: int) -> bool:
        """Write a key that does not exist yet, bound to the lease; False where it exists."""
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
        """(value, lease) of a key; None where it does not exist."""
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
        """Every key below a prefix with its value, all of one revision."""
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
