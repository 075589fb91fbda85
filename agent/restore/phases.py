"""The phases of a restore on one node. Each may be repeated; only `stop` and `switch` affect running programs."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

from agent.etcd.cluster import Cluster, open_cluster
from agent.etcd.data import DIRECTORY, DataDirectory
from agent.kubernetes.retirement import retire
from agent.kubernetes.static_pods import COMPONENTS, is_alive, processes
from agent.model.events import Events
from agent.model.failure import Failed
from agent.model.wanted import Member, Wanted
from agent.restore.order import BUMP, Order
from agent.restore.staging import Staging
from agent.restore.validation import objections
from agent.snapshots.taking import check
from agent.system.commands import CommandFailed
from agent.system.files import digest, sync_directory
from agent.system.host import Host
from agent.system.host_lock import host_lock
from agent.system.memory import Memory
from agent.system.owned_files import OwnedFiles
from agent.system.services import Services

STEP = "restore"
ETCD, KUBELET = "etcd.service", "kubelet.service"
TIMED_RUN = "quorate.service"  # of an instance on AWS
RESTORE_SECONDS = 1800.0
CONFIGURATION = "/var/lib/kubelet/config.yaml"
KILL_SECONDS = 0.0  # an API server on discarded data has nothing to finish


class Restore:
    """`wanted` is the last plan of the node, applied or not: its disk may be new."""

    def __init__(self, host: Host, events: Events) -> None:
        self._host = host
        self._events = events
        self._staging = Staging(host)
        self._data = DataDirectory(host)
        kept = next(Memory(host).kept(), None)
        if kept is None or kept.manifest.member is None:
            raise Failed("the cluster's programs are not installed on this node: run `pulumi up` first")
        self.wanted: Wanted = kept
        self._me: Member = kept.manifest.member

    def judge(self, order: Order) -> dict[str, object]:
        """`members`; `token`: of a restore of the same snapshot that was prepared here, or None; `switched`: whether
        this node serves it already. Raises Failed with all problems together."""
        found = list(objections(self._host, self.wanted, order))
        if found:
            raise Failed("; ".join(found))
        self._refuse_while_others_work()
        ready = self._staging.order()
        same = ready is not None and ready.about.sha256 == order.about.sha256
        return {
            "members": [member.name for member in self.wanted.manifest.members],
            "token": ready.token if ready and same else None,
            "switched": same and not self._staging.data.exists(),
        }

    def prepare(self, order: Order, content: BinaryIO) -> None:
        """Receive the snapshot, check it, and restore its data next to the current data. Raises Failed."""
        if self._staging.order() == order:
            return
        self.judge(order)
        self._staging.begin()
        self._receive(order, content)
        self._events.step(STEP, "applying", "restoring the data from the snapshot")
        cluster = ",".join(f"{member.name}={member.peer_url}" for member in self.wanted.manifest.members)
        try:
            self._host.commands.run(
                "etcdutl",
                "snapshot",
                "restore",
                str(self._staging.snapshot),
                f"--name={self._me.name}",
                f"--initial-cluster={cluster}",
                f"--initial-cluster-token={order.token}",
                f"--initial-advertise-peer-urls={self._me.peer_url}",
                # Watches and caches from after the snapshot must not see the same revisions with other contents.
                f"--bump-revision={BUMP}",
                "--mark-compacted",
                f"--data-dir={self._staging.draft}",
                timeout=RESTORE_SECONDS,
            )
        except CommandFailed as error:
            raise Failed(f"the data could not be restored from the snapshot: {error}") from error
        self._staging.draft.chmod(0o700)
        self._staging.ready(order)

    def stop(self, order: Order) -> None:
        """Stop everything that reads or writes etcd. Every node must have stopped before one is switched."""
        self._of(order)
        self._staging.announce()
        self._end_timed_run()
        with host_lock(self._host, self._events, patience=60.0):
            services = Services(self._host)
            self._events.step(STEP, "applying", "stopping kubelet, API server and etcd")
            with ThreadPoolExecutor() as pool:
                etcd = pool.submit(services.stop, ETCD)
                services.stop(KUBELET)
                running = [process for component in COMPONENTS for process in processes(self._host, component)]
                retire(running, alive=lambda p: is_alive(self._host, p), listens=lambda: False, patience=KILL_SECONDS)
                etcd.result()

    def switch(self, order: Order) -> str | None:
        """Move the current data aside, put the restored data in its place, and start; returns the old data's path."""
        self._of(order)
        with host_lock(self._host, self._events, patience=60.0):
            aside = None
            if self._staging.data.exists():
                present = self._host.path(DIRECTORY)
                if present.exists() and any(present.iterdir()):
                    aside = str(self._data.set_aside())
                elif present.exists():
                    shutil.rmtree(present)
                self._staging.data.rename(present)
                sync_directory(present.parent)
            self._data.settled()
            self._furnish()
            self._start()
        return aside

    def abandon(self, order: Order) -> None:
        """Start with the current data again, because another node could not be stopped."""
        if self._staging.order() == order and self._staging.data.exists():
            with host_lock(self._host, self._events, patience=60.0):
                self._start()
        self.drop()

    def _furnish(self) -> None:
        """Install etcd's files on a machine whose disk is new: its step still waits for a quorum."""
        changed = OwnedFiles(self._host, "etcd", self.wanted.of("etcd")).install()
        if not self._data.guarded():
            changed = (*changed, self._data.guard())
        if changed:
            services = Services(self._host)
            services.enable(ETCD)
            services.reread()

    def _start(self) -> None:
        services = Services(self._host)
        self._events.step(STEP, "applying", "starting etcd and the kubelet")
        services.start(ETCD, wait=False)
        if self._host.path(CONFIGURATION).exists():
            services.start(KUBELET)

    def drop(self) -> None:
        """Discard a prepared restore; the current data is untouched."""
        self._staging.clear()

    def cluster(self) -> Cluster:
        """etcd as this node sees it."""
        found = open_cluster(self._host, self.wanted)
        if found is None:
            raise Failed("this node is not an etcd member")
        return found

    def _receive(self, order: Order, content: BinaryIO) -> None:
        self._events.step(STEP, "applying", f"receiving the snapshot ({order.about.size / 1024**2:.1f} MiB)")
        with self._staging.snapshot.open("wb") as target:
            shutil.copyfileobj(content, target)
        size = self._staging.snapshot.stat().st_size
        if size != order.about.size or digest(self._staging.snapshot) != order.about.sha256:
            self._staging.clear()
            raise Failed(
                f"the snapshot does not match its description: {size} bytes instead of {order.about.size}, or other "
                "content. It is truncated or corrupt; nothing was changed"
            )
        held = check(self._host, self._staging.snapshot)
        if held.revision != order.about.revision:
            raise Failed(
                f"the snapshot is at revision {held.revision}, but its description says {order.about.revision}"
            )

    def _of(self, order: Order) -> None:
        ready = self._staging.order()
        if ready is None or ready.token != order.token:
            raise Failed(f"this node has no data ready for restore {order.token}: run the restore again")

    def _end_timed_run(self) -> None:
        """It may hold the lock for minutes while it waits for other nodes.

        Steps continue after any interruption, and the timer's next runs end at once until the restore is complete.
        """
        services = Services(self._host)
        if services.state(TIMED_RUN).active:
            self._events.step(STEP, "applying", f"stopping {TIMED_RUN}")
            services.stop(TIMED_RUN)

    def _refuse_while_others_work(self) -> None:
        if self.cluster().look().members is None:
            return  # an agent that waits for a quorum exits, because the restore will create one
        if Services(self._host).state(TIMED_RUN).active:
            return  # `stop` ends it
        with host_lock(self._host, self._events, patience=0.0):
            pass
