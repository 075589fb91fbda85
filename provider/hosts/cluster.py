"""The resource `quorate:hosts:Cluster`: waits until the whole cluster serves, and announces its deletion."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from provider.hosts import cluster_inputs
from provider.hosts.agent_archive import Agent
from provider.hosts.connection import Connection
from provider.hosts.failure import Unreachable
from provider.hosts.readiness import Readiness
from provider.hosts.run import Ran, Runner
from provider.hosts.session import Cancelled, Sessions
from provider.hosts.shipment import shipment
from provider.protocol.kind import Kind
from provider.protocol.messages import Change, Checked, Difference, Found, PartialFailure, Refused, Request
from provider.protocol.values import Properties

WAIT_SECONDS = 300.0  # the slowest start seen was 17 s from empty machines; a first start also pulls images
DISSOLVE_SECONDS = 60.0


class ClusterKind(Kind):
    """Create and update wait until the endpoint and every API server are ready; delete runs `dissolve` on every node.

    It depends on all nodes, so a destroy deletes it before them. Each node then knows that the whole cluster is being
    deleted and leaves without checking the quorum; otherwise the last members could not leave.
    """

    def __init__(self, agent: Agent, sessions: Sessions) -> None:
        self._agent = agent
        self._sessions = sessions

    def check(self, request: Request) -> Checked:
        """Report every problem together."""
        return Checked(inputs=request.inputs, problems=list(cluster_inputs.problems(request.inputs)))

    def diff(self, request: Request) -> Change:
        """A changed node, endpoint or authority needs another wait; a changed SSH connection does not."""
        old, new = (cluster_inputs.judged(inputs) for inputs in (request.old_inputs, request.inputs))
        changed = {name: Difference.CHANGED for name in old if old[name] != new[name]}
        return Change(paths={**changed, **dict(_unready(request.state))})

    def create(self, request: Request) -> tuple[str, Properties]:
        """Wait. A cluster that does not become ready stays in the state, because its deletion lets the nodes leave."""
        if request.preview:
            return "", {**request.inputs, "unready": []}
        return request.name, self._wait(request, id_=request.name)

    def update(self, request: Request) -> Properties:
        """Wait again."""
        if request.preview:
            return {**request.inputs, "unready": []}
        return self._wait(request, id_=request.id)

    def read(self, request: Request) -> Found:
        """The servers that are not ready now, as `unready`; a cluster that is down is drift, not a failed refresh."""
        inputs = cluster_inputs.cluster_inputs(request.inputs)
        return Found(state={**request.state, "unready": list(Readiness(inputs).ask())})

    def delete(self, request: Request) -> None:
        """Announce the deletion to every node in parallel.

        A node that cannot be reached gets a warning and is skipped. If none can be reached, the fault is more likely
        on this side (no VPN, no route) than on every host. The deletion then fails, because Pulumi would forget nodes
        that still run; except for `disposable` machines, which are destroyed with their disks afterwards.
        """
        inputs = cluster_inputs.cluster_inputs(request.old_inputs or request.state)
        runner = Runner(
            sessions=self._sessions, progress=request.progress, seconds=request.seconds or DISSOLVE_SECONDS, reach=0
        )
        data = shipment(self._agent.archive)

        def dissolve(node: Connection) -> Ran:
            return runner.run(node, ("dissolve",), data)

        with ThreadPoolExecutor(max_workers=len(inputs.nodes)) as together:
            problems = [ran.problem for ran in together.map(dissolve, inputs.nodes) if ran.problem]
        gone = [problem for problem in problems if isinstance(problem, Unreachable)]
        if len(gone) < len(problems):
            raise Refused("\n".join(str(problem) for problem in problems if not isinstance(problem, Unreachable)))
        if len(gone) == len(inputs.nodes) and not inputs.disposable:
            raise Refused(
                "none of the cluster's hosts can be reached to announce the deletion of the cluster:\n"
                + "\n".join(map(str, gone))
                + "\nIf they are gone permanently, run `pulumi state delete` for this resource and destroy again"
            )
        for problem in gone:
            request.progress.warning(f"{problem} It does not know that the cluster is being deleted")

    def _wait(self, request: Request, *, id_: str) -> Properties:
        inputs = cluster_inputs.cluster_inputs(request.inputs)
        readiness = Readiness(inputs)
        seconds = request.seconds or WAIT_SECONDS
        try:
            unready = readiness.wait(request.progress, self._sessions.cancelled, seconds=seconds)
        except Cancelled as cancelled:
            raise PartialFailure(str(cancelled), id=id_, state={**request.inputs, "unready": ["cancelled"]}) from None
        state = {**request.inputs, "unready": list(unready)}
        if unready:
            raise PartialFailure(f"not ready after {seconds:.0f} s: " + "; ".join(unready), id=id_, state=state)
        return state


def _unready(state: Properties) -> Iterator[tuple[str, Difference]]:
    if state.get("unready"):
        yield "unready", Difference.OUTSIDE


def kind(sessions: Sessions) -> ClusterKind:
    """Create the kind for the provider, with this project's agent."""
    return ClusterKind(Agent(), sessions)
