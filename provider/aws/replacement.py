"""The resource `quorate:aws:Replacement`: no instance is replaced while another node is unhealthy.

Other checks run between two replacements. This one runs before the first: if one of three nodes is already down,
replacing another one would end the quorum.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from provider.aws.elastic_load_balancing import Target, TargetGroup
from provider.aws.target_health import opened
from provider.hosts.session import Sessions
from provider.protocol.kind import Kind
from provider.protocol.messages import Change, Checked, Difference, Found, Refused, Request
from provider.protocol.values import UNKNOWN, Properties

Open = Callable[[Properties], TargetGroup]


class ReplacementKind(Kind):
    """The check. `causes`: for each node, a digest of everything that replaces or restarts its instance."""

    def __init__(self, open_: Open = opened) -> None:
        self._open = open_

    def check(self, request: Request) -> Checked:
        """Report every problem together."""
        return Checked(inputs=request.inputs, problems=list(_problems(request.inputs)))

    def diff(self, request: Request) -> Change:
        """A new or removed node restarts no other node, but the list of nodes is updated."""
        changed = request.old_inputs.get("causes") != request.inputs.get("causes")
        return Change(paths={"causes": Difference.CHANGED} if changed else {})

    def create(self, request: Request) -> tuple[str, Properties]:
        """Check nothing: a new environment has no running nodes."""
        return "" if request.preview else request.name, request.inputs

    def update(self, request: Request) -> Properties:
        """Raise `Refused` if instances would be replaced while nodes are unhealthy."""
        going = _going(request.old_inputs, request.inputs)
        if request.preview or not going:
            return request.inputs
        old, targets = _causes(request.old_inputs), request.inputs.get("targets")
        present = [
            Target(address=str(one["address"]), port=int(float(str(one["port"]))))
            for one in (targets if isinstance(targets, Sequence) and not isinstance(targets, str) else [])
            if isinstance(one, Mapping) and str(one.get("name")) in old
        ]
        if unhealthy := self._open(request.inputs).unhealthy(present):
            raise Refused(
                f"{', '.join(going)} would be replaced while {'; '.join(unhealthy)}. The cluster could lose its "
                "quorum, so nothing was replaced. Repair that node first: revert the change and run the update "
                "again (an instance that is gone is created again), or run `python -m operations replace NODE`"
            )
        return request.inputs

    def read(self, request: Request) -> Found:
        """Return the state: there is nothing to read."""
        return Found(state=request.state)

    def delete(self, request: Request) -> None:
        """Do nothing: nothing exists outside the state."""


def _causes(inputs: Properties) -> Mapping[str, str]:
    given = inputs.get("causes")
    return {str(name): str(cause) for name, cause in given.items()} if isinstance(given, Mapping) else {}


def _going(old_inputs: Properties, inputs: Properties) -> Sequence[str]:
    old, new = _causes(old_inputs), _causes(inputs)
    return [name for name in new if name in old and old[name] != new[name]]


def _problems(inputs: Properties) -> Iterator[str]:
    if not isinstance(inputs.get("causes"), Mapping) or UNKNOWN in _causes(inputs).values():
        yield "causes must have a digest for each node, known before an update"
    targets = inputs.get("targets")
    if targets != UNKNOWN and not (isinstance(targets, Sequence) and not isinstance(targets, str) and targets):
        yield "targets must be a list with at least one entry"


def kind(_: Sessions) -> ReplacementKind:
    """Create the kind for the provider."""
    return ReplacementKind()
