"""The resource `quorate:aws:TargetHealth`: the wait between the replacement of one instance and the next."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from provider.aws.elastic_load_balancing import AwsTargetGroup, Target, TargetGroup
from provider.aws.session import connection_of
from provider.hosts.session import Sessions
from provider.protocol.kind import Kind
from provider.protocol.messages import Change, Checked, Difference, Found, PartialFailure, Refused, Request
from provider.protocol.values import UNKNOWN, Properties

WAIT_SECONDS = 1_200.0  # a new instance installs everything before its API server responds
PAUSE_SECONDS = 2.0
# A target changes state after two checks, 5 s apart: until then "healthy" may still describe the previous instance.
SETTLE_SECONDS = 10.0
JUDGED = ("targetGroup", "targets", "instances", "types")
Open = Callable[[Properties], TargetGroup]


def opened(inputs: Properties) -> TargetGroup:
    """The target group in AWS, from complete inputs."""
    return AwsTargetGroup(str(inputs["targetGroup"]), region=str(inputs["region"]), connection=connection_of(inputs))


class TargetHealthKind(Kind):
    """An update waits until every target is healthy; a creation waits only if `initially` is true.

    A node of a new cluster cannot be healthy before the others exist, but a replaced node must be healthy before the
    next one is replaced. The state keeps failed targets as `unhealthy`, so that the next update waits again.
    """

    def __init__(self, cancelled: threading.Event, open_: Open = opened, *, settle: float = SETTLE_SECONDS) -> None:
        self._cancelled = cancelled
        self._open = open_
        self._settle = settle

    def check(self, request: Request) -> Checked:
        """Report every problem together."""
        return Checked(inputs=request.inputs, problems=list(_problems(request.inputs)))

    def diff(self, request: Request) -> Change:
        """A replaced or restarted instance needs another wait; a changed connection to AWS does not."""
        changed = {
            name: Difference.CHANGED for name in JUDGED if request.old_inputs.get(name) != request.inputs.get(name)
        }
        return Change(
            paths={**changed, **({"unhealthy": Difference.OUTSIDE} if request.state.get("unhealthy") else {})}
        )

    def create(self, request: Request) -> tuple[str, Properties]:
        """Wait if `initially` is true."""
        state: Properties = {**request.inputs, "unhealthy": []}
        if request.preview:
            return "", state
        if request.inputs.get("initially") is True:
            return request.name, self._wait(request, id_=request.name, settle=0.0)
        return request.name, state

    def update(self, request: Request) -> Properties:
        """Wait."""
        if request.preview:
            return {**request.inputs, "unhealthy": []}
        # The wait for all targets comes after the wait for each replaced one, which has watched it already.
        settle = 0.0 if request.inputs.get("initially") is True else self._settle
        return self._wait(request, id_=request.id, settle=settle)

    def read(self, request: Request) -> Found:
        """Report unhealthy targets: drift that the next update waits for."""
        found = self._open(request.inputs).unhealthy(_targets(request.inputs))
        return Found(state={**request.state, "unhealthy": list(found)})

    def delete(self, request: Request) -> None:
        """Do nothing: nothing exists outside the state."""

    def _wait(self, request: Request, *, id_: str, settle: float) -> Properties:
        group, targets = self._open(request.inputs), _targets(request.inputs)
        seconds = request.seconds or WAIT_SECONDS
        end, told, since = time.monotonic() + seconds, "", None
        while True:
            unhealthy = self._unhealthy(request, group, targets, id_=id_)
            now = time.monotonic()
            if not unhealthy:
                since = now if since is None else since
                if now - since >= settle:
                    return {**request.inputs, "unhealthy": []}
            else:
                since = None
            text = "waiting for " + "; ".join(unhealthy) if unhealthy else f"healthy, watching it for {settle:.0f} s"
            if text != told:
                request.progress.status(text)
                told = text
            state: Properties = {**request.inputs, "unhealthy": list(unhealthy) or ["not observed long enough"]}
            if now >= end and unhealthy:
                reason = f"not healthy after {seconds:.0f} s, later nodes are unchanged: {'; '.join(unhealthy)}"
                raise PartialFailure(reason, id=id_, state=state)
            if self._cancelled.wait(PAUSE_SECONDS):
                raise PartialFailure("cancelled while " + text, id=id_, state=state)

    def _unhealthy(self, request: Request, group: TargetGroup, targets: Sequence[Target], *, id_: str) -> Sequence[str]:
        try:
            return group.unhealthy(targets)
        except Refused as refused:
            state: Properties = {**request.inputs, "unhealthy": ["not asked"]}
            raise PartialFailure(str(refused), id=id_, state=state) from None


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
            yield f"{name} must be a string; got {inputs.get(name)!r}"
    for name in ("targets", "instances"):
        given = inputs.get(name)
        if given != UNKNOWN and not (isinstance(given, Sequence) and not isinstance(given, str) and given):
            yield f"{name} must be a list with at least one entry"
    targets = inputs.get("targets")
    for index, target in enumerate(targets if isinstance(targets, Sequence) and not isinstance(targets, str) else ()):
        if target != UNKNOWN and not (isinstance(target, Mapping) and target.get("address") and target.get("port")):
            yield f"targets[{index}] must have an address and a port"


def kind(sessions: Sessions) -> TargetHealthKind:
    """Create the kind for the provider; waits end when the engine cancels."""
    return TargetHealthKind(sessions.cancelled)
