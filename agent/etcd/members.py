"""What etcd reports about its members."""

from dataclasses import dataclass

from agent.model.json_reading import Json

NO_SPACE = "NOSPACE"  # etcd's name of the alarm
DEFAULT_QUOTA_BYTES = 2 * 1024**3  # etcd's default of --quota-backend-bytes, for members that do not report theirs


@dataclass(frozen=True, kw_only=True)
class EtcdMember:
    """One entry of the member list.

    `name` is empty until an added member has started; so are `client_urls` until the member has served once (a
    statically configured one has its name from the beginning).
    """

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
    """The status of one member.

    `leader` 0 means that it follows none; `used_bytes` of the database file hold data, and a defragmentation would
    release the rest; `quota_bytes` is 0 before etcd 3.6.
    """

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

    @property
    def full(self) -> bool:
        """Whether etcd refuses writes because a member's database has reached its quota (the alarm NOSPACE)."""
        return any(NO_SPACE in error for error in self.errors)

    @property
    def room_bytes(self) -> int:
        """Bytes by which the database's file may still grow; negative beyond the quota."""
        return (self.quota_bytes or DEFAULT_QUOTA_BYTES) - self.database_bytes


def member(value: Json) -> EtcdMember:
    """An entry as the gateway or a peer port shows it."""
    return EtcdMember(
        id=value["ID"].number() if value["ID"].present else value["id"].number(),
        name=value["name"].text(""),
        peer_urls=tuple(url.text() for url in value["peerURLs"].items()),
        client_urls=tuple(url.text() for url in value["clientURLs"].items()),
        learner=value["isLearner"].flag(),
    )


def status(value: Json) -> MemberStatus:
    """The response to the call `status`."""
    return MemberStatus(
        id=value["header"]["member_id"].number(),
        leader=value["leader"].number(0),
        learner=value["isLearner"].flag(),
        version=value["version"].text(""),
        errors=tuple(error.text() for error in value["errors"].items()),
        database_bytes=value["dbSize"].number(0),
        used_bytes=value["dbSizeInUse"].number(0),
        quota_bytes=value["dbSizeQuota"].number(0),
        cluster=value["header"]["cluster_id"].number(0),
        revision=value["header"]["revision"].number(0),
        applied=value["raftAppliedIndex"].number(0),
    )
