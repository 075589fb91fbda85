"""The resource `quorate:aws:TargetHealth`: the wait between the replacement of one instance and the next."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from provider.aws.elastic_load_balancing import AwsTargetGroup, Target, TargetGroup
from provider.kind import Kind
from provider.protocol.answer import Change, Checked, Difference, Incomplete, Refused
from provider.protocol.messages import Question
from provider.protocol.values import UNKNOWN, Properties

WAIT_SECONDS = 1_200.0  # a new instance installs everything before its API server answers
PAUSE_SECONDS = 2.0
# Two checks, 5 s apart, turn a target over: "healthy" may be what the former instance left behind for so long.
SETTLE_SECONDS = 10.0
JUDGED = ("targetGroup", "targets", "instances", "types")
Open = Callable[[Properties], TargetGroup]


def opened(inputs: Properties) -> TargetGroup:
    """The group of complete inputs, at AWS."""
    connection = inputs.get("connection")
    return AwsTargetGroup(
        str(inputs["targetGroup"]),
        region=str(inputs["region"]),
        connection=connection if isinstance(connection, Mapping) else {},
    )


class TargetHealthKind(Kind):
    """An update waits until every target is healthy; a creation does so only when `initially` is true.

    A node of a new cluster cannot be healthy before the others exist, but a node that is replaced must be, before the
    next one goes. What did not become healthy is kept as `unhealthy`, so that the next update waits again.
    """

    def __init__(self, cancelled: threading.Event, open_: Open = opened, *, settle: float = SETTLE_SECONDS) -> None:
        self._cancelled = cancelled
        self._open = open_
        self._settle = settle

    def check(self, question: Question) -> Checked:
        """Every problem at once."""
        return Checked(inputs=question.inputs, problems=list(_problems(question.inputs)))

    def diff(self, question: Question) -> Change:
        """Another instance behind a target, or one started anew, is a reason to wait; how AWS is reached is not."""
        changed = {
            name: Difference.CHANGED for name in JUDGED if question.old_inputs.get(name) != question.inputs.get(name)
        }
        return Change(
            paths={**changed, **({"unhealthy": Difference.OUTSIDE} if question.state.get("unhealthy") else {})}
        )

    def create(self, question: Question) -> tuple[str, Properties]:
        """Wait, or return at once."""
        state: Properties = {**question.inputs, "unhealthy": []}
        if question.preview:
            return "", state
        if question.inputs.get("initially") is True:
            return question.name, self._wait(question, id_=question.name, settle=0.0)
        return question.name, state

    def update(self, question: Question) -> Properties:
        """Wait."""
        if question.preview:
            return {**question.inputs, "unhealthy": []}
        return self._wait(question, id_=question.id, settle=self._settle)

    def read(self, question: Question) -> Properties:
        """What is not healthy at the moment: drift that the next update waits for."""
        found = self._open(question.inputs).ailing(_targets(question.inputs))
        return {**question.state, "unhealthy": list(found)}

    def delete(self, question: Question) -> None:
        """There is nothing to remove."""

    def _wait(self, question: Question, *, id_: str, settle: float) -> Properties:
        group, targets = self._open(question.inputs), _targets(question.inputs)
        seconds = question.seconds or WAIT_SECONDS
        end, told, since = time.monotonic() + seconds, "", None
        while True:
            ailing = self._ailing(question, group, targets, id_=id_)
            now = time.monotonic()
            if not ailing:
                since = now if since is None else since
                if now - since >= settle:
                    return {**question.inputs, "unhealthy": []}
            else:
                since = None
            text = "waiting for " + "; ".join(ailing) if ailing else f"healthy, watching it for {settle:.0f} s"
            if text != told:
                question.progress.status(text)
                told = text
            state: Properties = {**question.inputs, "unhealthy": list(ailing) or ["not watched to the end"]}
            if now >= end and ailing:
                reason = f"not healthy after {seconds:.0f} s, the nodes after it were not touched: {'; '.join(ailing)}"
                raise Incomplete(reason, id=id_, state=state)
            if self._cancelled.wait(PAUSE_SECONDS):
                raise Incomplete("cancelled while " + text, id=id_, state=state)

    def _ailing(self, question: Question, group: TargetGroup, targets: Sequence[Target], *, id_: str) -> Sequence[str]:
        try:
            return group.ailing(targets)
        except Refused as refused:
            state: Properties = {**question.inputs, "unhealthy": ["not asked"]}
            raise Incomplete(str(refused), id=id_, state=state) from None


def _targets(inputs: Properties) -> Sequence[Target]:
    given = inputs["targets"]
    listed = given if isinstance(given, Sequence) and not isinstance(given, str) else []
    return [
        Target(address=str(target["address"]), port=int(float(str(target["port"]))))
        for target in listed
        if isinstance(target, Mapping)
    ]


def _problems(inputs: Properties) -> Iterator[str]:
    for name in ("region", "targetGroup"):
        if inputs.get(name) != UNKNOWN and not (isinstance(inputs.get(name), str) and inputs[name]):
            yield f"{name} is a text; got {inputs.get(name)!r}"
    for name in ("targets", "instances"):
        given = inputs.get(name)
        if given != UNKNOWN and not (isinstance(given, Sequence) and not isinstance(given, str) and given):
            yield f"{name} is a list with at least one entry"
    targets = inputs.get("targets")
    for index, target in enumerate(targets if isinstance(targets, Sequence) and not isinstance(targets, str) else ()):
        if target != UNKNOWN and not (isinstance(target, Mapping) and target.get("address") and target.get("port")):
            yield f"targets[{index}] has an address and a port"
