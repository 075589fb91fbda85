"""Which version may follow which (Kubernetes' version skew policy, etcd's upgrade guides; OPS-12, OPS-13)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plan.refusal import Refusal

RELEASE = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")
Release = tuple[int, int, int]
OLDEST_KUBELET = 3  # minor versions that a kubelet may be behind its API server, since 1.28


@dataclass(frozen=True, kw_only=True)
class Versions:
    """Versions of one cluster, without `v`."""

    kubernetes: str
    etcd: str


@dataclass(frozen=True, kw_only=True)
class Running:
    """Versions that one node reports, without `v`."""

    node: str
    kubelet: str
    api_server: str
    etcd: str

    @property
    def versions(self) -> tuple[str, str, str]:
        """Versions of its kubelet, its API server and its member."""
        return self.kubelet, self.api_server, self.etcd

    def runs(self, versions: Versions) -> bool:
        """Whether all its programs have these versions."""
        return self.versions == (versions.kubernetes, versions.kubernetes, versions.etcd)


def release(text: str) -> Release:
    """Three numbers. ValueError for anything else."""
    found = RELEASE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not an exact release, such as 1.36.3")
    return int(found[1]), int(found[2]), int(found[3])


def oldest(nodes: Sequence[Running]) -> Versions | None:
    """The oldest versions that a node runs, from which an interrupted upgrade started. None if no node reports any."""
    planes = [node.api_server for node in nodes if RELEASE.fullmatch(node.api_server)]
    members = [node.etcd for node in nodes if RELEASE.fullmatch(node.etcd)]
    if not planes or not members:
        return None
    return Versions(kubernetes=min(planes, key=release), etcd=min(members, key=release))


def problems(now: Versions, wanted: Versions, nodes: Sequence[Running]) -> Iterator[Refusal]:
    """Everything that blocks an upgrade; nothing if it may start, or continue after an interruption."""
    kubernetes = list(_step("controlPlane.kubernetesVersion", now.kubernetes, wanted.kubernetes))
    yield from kubernetes
    yield from _step("etcd.version", now.etcd, wanted.etcd)
    for node in nodes:
        if node.api_server not in {now.kubernetes, wanted.kubernetes}:
            yield Refusal(
                at=node.node,
                what=f"an API server with version {now.kubernetes} (or already {wanted.kubernetes})",
                found=node.api_server,
                why="the version skew policy does not cover three versions at once",
                fix=f"run `pulumi up` with {now.kubernetes} first",
            )
        if not kubernetes and not _fits(node.kubelet, wanted.kubernetes):
            yield Refusal(
                at=node.node,
                what=f"a kubelet of at most {wanted.kubernetes} and at most {OLDEST_KUBELET} minor versions older",
                found=node.kubelet,
                why="a kubelet may not be newer than its API server, or much older",
                fix="upgrade this node to the version of the others first",
            )


def may_return(now: Versions, wanted: Versions, nodes: Sequence[Running]) -> bool:
    """Whether every node may go back to `now` after one has failed.

    Within a minor version it always may: patches do not change how objects are stored. Across minor versions only if no
    node has run the new one yet: its API server may have stored objects in a form that the previous one cannot read,
    and etcd raises the cluster's version once all members have it.
    """
    if release(now.kubernetes)[:2] != release(wanted.kubernetes)[:2]:
        return all(node.api_server != wanted.kubernetes for node in nodes)
    return release(now.etcd)[:2] == release(wanted.etcd)[:2] or all(node.etcd != wanted.etcd for node in nodes)


def _fits(kubelet: str, api_server: str) -> bool:
    try:
        behind = release(api_server)[1] - release(kubelet)[1]
    except ValueError:
        return False  # it does not respond
    return 0 <= behind <= OLDEST_KUBELET


def _step(at: str, now: str, wanted: str) -> Iterator[Refusal]:
    old, new = release(now), release(wanted)
    if new < old:
        yield Refusal(
            at=at,
            what=f"{now} or newer",
            found=wanted,
            why="an older version may not be able to read what a newer one has written; only a failed upgrade is "
            "rolled back, by the operation itself",
            fix="restore a snapshot from before the upgrade into a cluster of the older version",
        )
    elif new[0] != old[0] or new[1] > old[1] + 1:
        yield Refusal(
            at=at,
            what=f"of {old[0]}.{old[1]} or {old[0]}.{old[1] + 1}",
            found=wanted,
            why="each minor version converts what the previous one has stored, and is not tested with older ones",
            fix=f"upgrade to the newest patch of {old[0]}.{old[1] + 1} first",
        )
