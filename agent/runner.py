"""Order, lock, quorum and retries: everything that no step knows."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from agent.etcd import changes
from agent.etcd.cluster import Cluster
from agent.model.difference import Difference, Impact
from agent.model.events import Events
from agent.model.failure import Failed
from agent.model.step import Step

GRACE_SECONDS = 30.0  # an election, or another node's restart, is over by then
QUORUM_SECONDS = 300.0  # the longest wait for a quorum where nothing can be done without one
LOOK_SECONDS = 1.0
SHOWN = 3  # differences of a step in one line of progress; the result has all


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What an application did. `failures` is empty on success."""

    changed: tuple[str, ...]
    found: tuple[Difference, ...]
    failures: tuple[str, ...]


class Runner:
    """`cluster` is None on a machine that is no member: nothing there disturbs a cluster."""

    def __init__(self, steps: Sequence[Step], *, cluster: Cluster | None, events: Events) -> None:
        self._steps = tuple(steps)
        self._cluster = cluster
        self._events = events

    def check(self) -> tuple[Difference, ...]:
        """Everything that `apply` would change."""
        with ThreadPoolExecutor(max_workers=4) as pool:
            found = list(pool.map(lambda step: step.differences(), self._steps))
        for step, differences in zip(self._steps, found, strict=True):
            more = f"; and {len(differences) - SHOWN} more" if len(differences) > SHOWN else ""
            text = "; ".join(str(difference) for difference in differences[:SHOWN]) + more
            self._events.step(step.name, "differs" if differences else "unchanged", text)
        return tuple(difference for differences in found for difference in differences)

    def apply(self) -> Outcome:
        """Put every difference right. Raises Failed only before anything was changed."""
        found = self.check()
        if not found:
            if self._cluster is not None:
                self._cluster.failures.clear()
            return Outcome(changed=(), found=(), failures=())
        impact = max(difference.impact for difference in found)
        if self._cluster is None or impact is Impact.NONE:
            return self._carry_out(found, allowed=lambda: None)
        if impact is Impact.MEMBERSHIP and self._cluster.look().members is None:
            self._make_ready(found)
        if not self._has_quorum(self._cluster, impact):
            self._events.lock(
                "held", "without the lock: etcd has no quorum, so nobody can hold it and nothing gets worse"
            )
            return self._carry_out(self.check(), allowed=lambda: None)
        return self._take_turn(self._cluster, impact)

    def _take_turn(self, cluster: Cluster, impact: Impact) -> Outcome:
        def wait(text: str) -> None:
            self._events.lock("waiting", text)

        if impact is Impact.RESTART:
            cluster.failures.await_mended(say=wait)
        with cluster.lock(self._events) as lock:
            # They count as voters that are down, so no other could be spared before they are gone.
            changes.remove_abandoned(cluster, say=wait)
            # while this node waited, others were at work
            found = self.check()
            impact = max((difference.impact for difference in found), default=Impact.NONE)
            if impact is Impact.RESTART:
                cluster.failures.require_none()
            if impact is not Impact.NONE:
                cluster.await_spare(say=wait)
            outcome = self._carry_out(found, allowed=lock.check)
            if outcome.failures:
                cluster.failures.record("; ".join(outcome.failures))
            else:
                cluster.failures.clear()
            return outcome

    def _make_ready(self, found: Sequence[Difference]) -> None:
        """Do now what needs no quorum: a machine that lacks nothing but its data is ready for whatever brings one.

        What fails here is found again, and told, once there is a quorum.
        """
        held = {difference.step for difference in found if difference.impact is not Impact.NONE}
        while more := {step.name for step in self._steps if step.after & held} - held:
            held |= more
        self._carry_out([d for d in found if d.step not in held], allowed=lambda: None)

    def _has_quorum(self, cluster: Cluster, impact: Impact) -> bool:
        patience = QUORUM_SECONDS if impact is Impact.MEMBERSHIP else GRACE_SECONDS
        deadline = time.monotonic() + patience
        said = False
        while cluster.look().members is None:
            cluster.give_way()
            if cluster.follows_a_leader():
                raise Failed(
                    "etcd on this node follows a leader, but no member accepts this node's client certificate; "
                    "nothing was changed, because another node may be at work. Check the healthcheck-client certificate"
                )
            if time.monotonic() > deadline:
                if impact is Impact.MEMBERSHIP:
                    raise Failed(
                        f"etcd has had no quorum for {patience:.0f} s, and a change of members needs one: bring the "
                        "other nodes back first, or restore the cluster from a snapshot"
                    )
                return False
            if not said:
                self._events.lock("waiting", f"etcd has no quorum; waiting {patience:.0f} s for one")
                said = True
            time.sleep(LOOK_SECONDS)
        return True

    def _carry_out(self, found: Sequence[Difference], *, allowed: Callable[[], None]) -> Outcome:
        """Run the steps that differ, each once those before it are done; what does not need a failed one goes on."""
        differing = {difference.step for difference in found}
        waiting = {step.name: step for step in self._steps if step.name in differing}
        finished = {step.name for step in self._steps if step.name not in differing}
        changed: list[str] = []
        failures: list[str] = []
        running: dict[Future[None], str] = {}
        present = {step.name for step in self._steps}
        with ThreadPoolExecutor(max_workers=max(1, len(waiting))) as pool:
            while waiting or running:
                for name, step in list(waiting.items()):
                    if (step.after & present) <= finished:
                        running[pool.submit(self._run, step, allowed)] = name
                        del waiting[name]
                if not running:
                    break
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    name = running.pop(future)
                    try:
                        future.result()
                    except (Failed, OSError) as error:
                        failures.append(f"{name}: {error}")
                        self._events.step(name, "failed", str(error))
                    else:
                        finished.add(name)
                        changed.append(name)
        return Outcome(changed=tuple(changed), found=tuple(found), failures=tuple(failures))

    def _run(self, step: Step, allowed: Callable[[], None]) -> None:
        began = time.monotonic()
        allowed()
        self._events.step(step.name, "applying")
        step.apply()
        self._events.step(step.name, "verifying", seconds=time.monotonic() - began)
        step.verify()
        self._events.step(step.name, "done", seconds=time.monotonic() - began)
