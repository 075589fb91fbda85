"""The resource `quorate:aws:Convergence`: an update succeeds once every node has applied the planned state."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from provider.aws.reports import BucketReports, Report, Reports
from provider.aws.session import connection_of
from provider.hosts.session import Sessions
from provider.protocol.kind import Kind
from provider.protocol.messages import Change, Checked, Difference, Found, PartialFailure, Refused, Request
from provider.protocol.values import UNKNOWN, Properties, Value

WAIT_SECONDS = 2_400.0  # covers a first boot that installs packages, then one node after the other
SILENT_SECONDS = 600.0  # a node reports first when it has read its secret, a minute or two after its instance starts
PAUSE_SECONDS = 3.0
# A node's timer repeats a failed run. One failure may mean that a peer was not ready; two are the node's own problem.
ATTEMPTS = 2
UNFINISHED = "unfinished"  # in the state: nodes that had not converged when the wait ended
Open = Callable[[Properties], Reports]


@dataclass(frozen=True, kw_only=True)
class Node:
    """A node and the state that it must have applied. `key`: of its report in the bucket."""

    name: str
    key: str
    digest: str
    instance: str


def opened(inputs: Properties) -> Reports:
    """The bucket's reports, from complete inputs."""
    return BucketReports(str(inputs["bucket"]), region=str(inputs["region"]), connection=connection_of(inputs))


class ConvergenceKind(Kind):
    """Create and update wait; if a node fails, the wait ends with the node's own reason.

    The state keeps the nodes that did not converge, so that the next update waits again.
    """

    def __init__(self, cancelled: threading.Event, open_: Open = opened) -> None:
        self._cancelled = cancelled
        self._open = open_

    def check(self, request: Request) -> Checked:
        """Report every problem together."""
        return Checked(inputs=request.inputs, problems=list(_problems(request.inputs)))

    def diff(self, request: Request) -> Change:
        """A changed digest or instance needs another wait; a changed connection to AWS does not."""
        names = ("bucket", "nodes", "authority")
        paths = {n: Difference.CHANGED for n in names if request.old_inputs.get(n) != request.inputs.get(n)}
        again = {UNFINISHED: Difference.OUTSIDE} if request.state.get(UNFINISHED) else {}
        return Change(paths={**paths, **again})

    def create(self, request: Request) -> tuple[str, Properties]:
        """Wait."""
        if request.preview:
            return "", {**request.inputs, UNFINISHED: []}
        return request.name, self._wait(request, id_=request.name)

    def update(self, request: Request) -> Properties:
        """Wait."""
        if request.preview:
            return {**request.inputs, UNFINISHED: []}
        return self._wait(request, id_=request.id)

    def read(self, request: Request) -> Found:
        """Report nodes that have not converged: drift that the next update waits for."""
        reports, nodes = self._open(request.inputs), _nodes(request.inputs)
        found = {node.name: reports.of(node.key) for node in nodes}
        waiting = [text for node in nodes if (text := _waiting(node, found[node.name]))]
        return Found(state={**request.state, UNFINISHED: list(waiting)})

    def delete(self, request: Request) -> None:
        """Do nothing: nothing exists outside the state."""

    def _wait(self, request: Request, *, id_: str) -> Properties:
        reports, nodes = self._open(request.inputs), _nodes(request.inputs)
        seconds = request.seconds or WAIT_SECONDS
        begun, shown, first = time.monotonic(), "", dict[str, int]()
        end, too_silent = begun + seconds, begun + SILENT_SECONDS
        while True:
            found = self._reports(request, reports, nodes, id_=id_)
            waiting = [text for node in nodes if (text := _waiting(node, found[node.name]))]
            state = _state(request.inputs, nodes, found, waiting)
            if not waiting:
                return state
            if failures := list(_failures(nodes, found, first)):
                raise PartialFailure("; ".join(failures), id=id_, state=state)
            silent = [node.name for node in nodes if _is_silent(node, found[node.name])]
            if silent and time.monotonic() >= too_silent:
                raise PartialFailure(_never(silent), id=id_, state=state)
            text = "waiting for " + "; ".join(waiting)
            if text != shown:
                request.progress.status(text)
                shown = text
            if time.monotonic() >= end:
                raise PartialFailure(_late(waiting, seconds), id=id_, state=state)
            if self._cancelled.wait(PAUSE_SECONDS):
                raise PartialFailure(f"cancelled while {text}", id=id_, state=state)

    @staticmethod
    def _reports(request: Request, reports: Reports, nodes: Sequence[Node], *, id_: str) -> Mapping[str, Report | None]:
        try:
            return {node.name: reports.of(node.key) for node in nodes}
        except Refused as refused:
            state: Properties = {**request.inputs, UNFINISHED: ["not read"]}
            raise PartialFailure(str(refused), id=id_, state=state) from None


def _waiting(node: Node, report: Report | None) -> str | None:
    """Why the node has not converged, or None if it has."""
    if report is None:
        return f"{node.name}: no report yet"
    if report.instance and report.instance != node.instance:
        return f"{node.name}: no report of the new instance yet"
    if report.digest != node.digest:
        return f"{node.name}: has not started the change"
    if report.state == "converged":
        return None
    reason = f" ({report.reason})" if report.reason else ""
    return f"{node.name}: {report.state}{reason}"


def _is_silent(node: Node, report: Report | None) -> bool:
    """Whether its present instance has never reported anything."""
    return report is None or (bool(report.instance) and report.instance != node.instance)


def _never(silent: Sequence[str]) -> str:
    return (
        f"{', '.join(silent)}: no report for {SILENT_SECONDS:.0f} s. The instance did not boot, cannot reach AWS, or "
        "its image lacks cloud-init or Python 3.11 or later: `aws ec2 get-console-output --latest --instance-id ...` "
        "shows its boot. The next update waits again"
    )


def _failures(nodes: Sequence[Node], found: Mapping[str, Report | None], first: dict[str, int]) -> Iterator[str]:
    """Raise if a node failed repeatedly. `first`: failed attempts at the start of the wait, which do not count."""
    for node in nodes:
        report = found[node.name]
        mine = report is not None and report.digest == node.digest and report.instance in {"", node.instance}
        before = first.setdefault(node.name, report.attempts if report is not None and mine else 0)
        if report is not None and mine and report.state == "failed" and report.attempts >= max(ATTEMPTS, before + 1):
            yield (
                f"{node.name} failed {report.attempts} times: {report.reason}. Nodes that wait for it are "
                "unchanged. Fix the cause and run the update again; see `journalctl -u quorate` on the node"
            )


def _late(waiting: Sequence[str], seconds: float) -> str:
    return (
        f"not converged after {seconds:.0f} s: {'; '.join(waiting)}. A node without a report did not boot or cannot "
        "reach AWS: `aws ec2 get-console-output --latest --instance-id ...` shows its boot. The next update waits again"
    )


def _state(
    inputs: Properties, nodes: Sequence[Node], found: Mapping[str, Report | None], waiting: Sequence[str]
) -> Properties:
    """The inputs, with the host key that each instance reports."""
    listed: list[Value] = []
    for node in nodes:
        report = found[node.name]
        own = report is not None and report.instance == node.instance
        listed.append(
            {
                "name": node.name,
                "key": node.key,
                "digest": node.digest,
                "instance": node.instance,
                "hostKey": report.host_key if report is not None and own else "",
            }
        )
    return {**inputs, "nodes": listed, UNFINISHED: list(waiting)}


def _nodes(inputs: Properties) -> Sequence[Node]:
    given = inputs["nodes"]
    listed = given if isinstance(given, Sequence) and not isinstance(given, str) else []
    return [
        Node(name=str(one["name"]), key=str(one["key"]), digest=str(one["digest"]), instance=str(one["instance"]))
        for one in listed
        if isinstance(one, Mapping)
    ]


def _problems(inputs: Properties) -> Iterator[str]:
    for name in ("region", "bucket"):
        if inputs.get(name) != UNKNOWN and not (isinstance(inputs.get(name), str) and inputs[name]):
            yield f"{name} must be a string"
    given = inputs.get("nodes")
    if given == UNKNOWN:
        return
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        yield "nodes must be a list with at least one entry"
        return
    for index, one in enumerate(given):
        if not isinstance(one, Mapping) or not all(one.get(key) for key in ("name", "key", "digest", "instance")):
            yield f"nodes[{index}] must have a name, a key, a digest and an instance"


def kind(sessions: Sessions) -> ConvergenceKind:
    """Create the kind for the provider; waits end when the engine cancels."""
    return ConvergenceKind(sessions.cancelled)
