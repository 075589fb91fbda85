"""Whether a snapshot may become this node's data. Checked before anything is sent or stopped."""

import shutil
from collections.abc import Iterator

from agent.etcd.data import VOLUME
from agent.model.failure import Failed
from agent.model.wanted import Wanted
from agent.restore.order import Order
from agent.snapshots.description import Keys, keys
from agent.snapshots.taking import minor
from agent.system.commands import CommandFailed
from agent.system.host import Host

# Space beyond the snapshot and the restored data: etcd preallocates its write-ahead log in files of 64 MB
# (wal.SegmentSizeBytes).
SPARE = 256 * 1024**2


def objections(host: Host, wanted: Wanted, order: Order) -> Iterator[str]:
    """Every problem that blocks the restore, with its fix."""
    about = order.about
    if about.cluster != wanted.manifest.cluster:
        yield f"the snapshot is of cluster {about.cluster!r}, and this node is part of {wanted.manifest.cluster!r}"
    if not order.foreign:
        yield from _unfit(about.keys, keys(host, to_come=wanted.files))
    installed = _etcdutl(host)
    newest = max(minor(about.etcd), minor(about.storage))
    if minor(installed) < newest:
        yield (
            f"the snapshot was made by etcd {about.etcd}, and this node's etcd {installed} cannot read files of a "
            "newer minor version: upgrade etcd first"
        )
    # On a new machine etcd has not created its folder yet.
    place = next(path for path in (host.path(VOLUME), *host.path(VOLUME).parents) if path.exists())
    free, needed = shutil.disk_usage(place).free, 2 * about.size + SPARE
    if free < needed:
        yield (
            f"{VOLUME} has {free // 1024**2} MiB free, and {needed // 1024**2} MiB are needed for the snapshot and the "
            "restored data: free some space, or enlarge the volume"
        )


def _unfit(of_snapshot: Keys, here: Keys) -> Iterator[str]:
    if of_snapshot.authorities and here.authorities and not set(of_snapshot.authorities) & set(here.authorities):
        yield (
            "the snapshot was taken under another certificate authority: it belongs to another cluster, or is "
            "older than the authority's rotation. Tokens and certificates in it would not be accepted"
        )
    missing = [name for name in of_snapshot.encryption if name not in here.encryption]
    if missing:
        yield (
            f"objects in the snapshot may be encrypted with {', '.join(missing)}, which this node does not have: "
            "they could not be read. Configure the key again as a previous one first"
        )


def _etcdutl(host: Host) -> str:
    try:
        said = host.commands.run("etcdutl", "version")
    except CommandFailed as error:
        raise Failed(f"etcdutl cannot be run on this node, so nothing can be restored: {error}") from error
    return next((line.split(":")[1].strip() for line in said.splitlines() if line.startswith("etcdutl version")), "")
