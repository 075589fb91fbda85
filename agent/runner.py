"""Runs the steps. Handles their order, the lock, the quorum and retries, so the steps do not.

A guard must not block its own fix: problems that keep the lock from being taken are repaired first, and steps that need
no lock continue if it cannot be taken.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from agent.cure import FAILURES, cure
from agent.etcd import changes
from agent.etcd.cluster import Cluster
from agent.etcd.gateway import NoSpace
from agent.model.difference import Difference, Impact
from agent.model.events import Events
from agent.model.failure import Failed
from agent.model.step import Step

GRACE_SECONDS = 30.0  # an election, or another node's restart, is over by then
QUORUM_SECONDS = 300.0  # the longest wait for a quorum when nothing can be done without one
LOOK_SECONDS = 1.0
CURES = 3  # a full etcd that was given room may be full again before the lock is taken
SHOWN = 3  # differences of a step that a progress line shows; the result lists all


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The result of `apply`. `failures` is empty on success."""

    changed: tuple[str, ...]
    found: tuple[Difference, ...]
    failures: tuple[str, ...]


class Runner:
    """`cluster` is None on a machine that is not a member: it cannot disturb a cluster."""

    def __init__(self, steps: Sequence[Step], *, cluster: Cluster | None, events: Events) -> None:
        self._steps = tuple(steps)
        self._cluster = cluster
        self._events = events

    def check(self) -> tuple[Difference, ...]:
        """Everything that `apply` would change. A step that cannot be compared counts as a difference."""
        with ThreadPoolExecutor(max_workers=4) as pool:
            found = list(pool.map(_differences, self._steps))
        for step, differences in zip(self._steps, found, strict=True):
            more = f"; and {len(differences) - SHOWN} more" if len(differences) > SHOWN else ""
            text = "; ".join(str(difference) for difference in differences[:SHOWN]) + more
            self._events.step(step.name, "differs" if differences else "unchanged", text)
        return tuple(difference for differences in found for difference in differences)

    def apply(self) -> Outcome:
        """Fix every difference. Raises Failed only before the first change."""
        found = self.check()
        if not found:
            if self._cluster is not None:
                self._cluster.failures.clear()
            return Outcome(changed=(), found=(), failures=())
        if self._cluster is None:
            return self._carry_out(found, allowed=lambda: None)
        for _ in range(CURES):
            try:
                return replace(self._cure_and_apply(self._cluster, found), found=tuple(found))
            except NoSpace as error:
                reason = error  # clients have filled it again
                self._events.lock("waiting", str(error))
        raise Failed(
            f"etcd was full again {CURES} times while this ran: raise `etcd.quotaBytes`, or stop what fills it, and "
            f"run the update again ({reason})"
        )

    def _cure_and_apply(self, cluster: Cluster, found: Sequence[Difference]) -> Outcome:
        cured, reasons = cure(self._steps, found)
        if reasons:
            texts = tuple(f"{name}: {reason}" for name, reason in reasons.items())
            return self._independent(found, texts, held=frozenset(reasons))
        left = self.check() if cured else found
        outcome = self._in_turn(cluster, left) if left else Outcome(changed=(), found=(), failures=())
        if not left:
            cluster.failures.clear()
        return replace(outcome, changed=(*(name for name in cured if name not in outcome.changed), *outcome.changed))

    def _in_turn(self, cluster: Cluster, found: Sequence[Difference]) -> Outcome:
        impact = max(difference.impact for difference in found)
        if impact is Impact.NONE:
            return self._carry_out(found, allowed=lambda: None)
        ready: Outcome | None = None
        try:
            if impact is Impact.MEMBERSHIP and cluster.look().members is None:
                ready = self._independent(found)
            quorum = self._has_quorum(cluster, impact)
        except Failed as reason:
            done = ready or self._independent(found)
            return replace(done, failures=(str(reason), *done.failures))
        if not quorum:
            return self._carry_out(self.check(), allowed=lambda: None)
        return self._take_turn(cluster, impact)

    def _take_turn(self, cluster: Cluster, impact: Impact) -> Outcome:
        def say(text: str) -> None:
            self._events.lock("waiting", text)

        if impact is Impact.RESTART:
            cluster.failures.await_fixed(say=say)
        with cluster.lock(self._events) as lock:
            # Dead members count as voters that are down, so no healthy member can restart before they are removed.
            changes.remove_abandoned(cluster, say=say)
            # other nodes may have changed something while this one waited
            found = self.check()
            impact = max((difference.impact for difference in found), default=Impact.NONE)
            if impact is Impact.RESTART:
                cluster.failures.require_none()
            if impact is not Impact.NONE:
                cluster.await_spare(say=say)
            outcome = self._carry_out(found, allowed=lock.check)
            if outcome.failures:
                cluster.failures.record("; ".join(outcome.failures))
            else:
                cluster.failures.clear()
            return outcome

    def _independent(
        self, found: Sequence[Difference], reasons: tuple[str, ...] = (), *, held: frozenset[str] = frozenset()
    ) -> Outcome:
        """Run steps that need neither the lock nor a step that waits for it; `reasons` say why the rest is `held`.

        A machine that only lacks its data is then ready for a restore.
        """
        held |= {difference.step for difference in found if difference.impact is not Impact.NONE}
        while more := {step.name for step in self._steps if step.after & held} - held:
            held |= more
        outcome = self._carry_out([d for d in found if d.step not in held], allowed=lambda: None)
        return replace(outcome, found=tuple(found), failures=(*reasons, *outcome.failures))

    def _has_quorum(self, cluster: Cluster, impact: Impact) -> bool:
        """Whether the lock can be taken; False if no node can hold it. Raises Failed."""
        patience = QUORUM_SECONDS if impact is Impact.MEMBERSHIP else GRACE_SECONDS
        deadline = time.monotonic() + patience
        said = False
        while cluster.look().members is None:
            cluster.give_way()
            if time.monotonic() > deadline:
                return self._without_the_lock(cluster, impact, patience)
            if not said:
                self._events.lock("waiting", f"etcd has no quorum; waiting {patience:.0f} s for one")
                said = True
            time.sleep(LOOK_SECONDS)
        return True

    def _without_the_lock(self, cluster: Cluster, impact: Impact, patience: float) -> bool:
        follows = cluster.follows_a_leader()
        ended = cluster.authority_ended() if follows else None
        if follows and not ended:
            raise Failed(
                f"etcd on this node follows a leader, but for {patience:.0f} s no member accepted this node's client "
                "certificate; nothing that needs the lock was changed: another node may be making changes. Run the "
                "update for every node, and check the healthcheck-client certificate"
            )
        if impact is Impact.MEMBERSHIP and not ended:
            raise Failed(
                f"etcd has had no quorum for {patience:.0f} s, and a change of members needs one: bring the "
                "other nodes back first, or restore the cluster from a snapshot"
            )
        why = f"etcd's authority expired on {ended}" if ended else "etcd has no quorum"
        self._events.lock("held", f"running without the lock: {why}, so no node can hold the lock, and this is safe")
        return False

    def _carry_out(self, found: Sequence[Difference], *, allowed: Callable[[], None]) -> Outcome:
        """Run the steps that differ, in order. Steps that do not need a failed one continue."""
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
                    except FAILURES as error:
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


def _differences(step: Step) -> list[Difference]:
    try:
        return step.differences()
    except FAILURES as error:
        # its fix may be disruptive, so it needs the lock
        return [Difference(step=step.name, what="state", wanted="known", found=str(error), impact=Impact.RESTART)]
