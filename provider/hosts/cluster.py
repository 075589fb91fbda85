"""The resource `quorate:hosts:Cluster`: the wait until all of it serves, and the word that all of it goes."""

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
from provider.kind import Kind
from provider.protocol.answer import Change, Checked, Difference, Incomplete, Refused
from provider.protocol.messages import Question
from provider.protocol.values import Properties

WAIT_SECONDS = 300.0  # the slowest start seen was 17 s from empty machines; a first start also pulls images
DISSOLVE_SECONDS = 60.0


class ClusterKind(Kind):
    """Create and update wait until the endpoint and every API server are ready; delete runs `dissolve` on every node.

    It depends on all nodes, so a destroy deletes it before them: each node then knows that the whole cluster goes, and
    leaves without the care for a quorum that would make the last members unable to leave.
    """

    def __init__(self, agent: Agent, sessions: Sessions) -> None:
        self._agent = agent
        self._sessions = sessions

    def check(self, question: Question) -> Checked:
        """Every problem at once."""
        return Checked(inputs=question.inputs, problems=list(cluster_inputs.problems(question.inputs)))

    def diff(self, question: Question) -> Change:
        """A changed node, endpoint or authority is a reason to wait again; how a node is reached is not."""
        old, new = (cluster_inputs.judged(inputs) for inputs in (question.old_inputs, question.inputs))
        changed = {name: Difference.CHANGED for name in old if old[name] != new[name]}
        return Change(paths={**changed, **dict(_unready(question.state))})

    def create(self, question: Question) -> tuple[str, Properties]:
        """Wait. When it does not come up the resource is kept, because its deletion is what lets the nodes leave."""
        if question.preview:
            return "", {**question.inputs, "unready": []}
        return question.name, self._wait(question, id_=question.name)

    def update(self, question: Question) -> Properties:
        """Wait again."""
        if question.preview:
            return {**question.inputs, "unready": []}
        return self._wait(question, id_=question.id)

    def read(self, question: Question) -> Properties:
        """What is not ready at the moment, as `unready`; a cluster that is down is drift, not a failed refresh."""
        inputs = cluster_inputs.cluster_inputs(question.inputs)
        return {**question.state, "unready": list(Readiness(inputs).ask())}

    def delete(self, question: Question) -> None:
        """Tell every node, all at once.

        A node that cannot be reached is warned of and passed. If none can be reached, the fault is more likely on this
        side (no VPN, no route) than on every host: that fails, because the nodes would then be forgotten while they
        run. Not so for `disposable` machines, which are destroyed with their disks after this.
        """
        inputs = cluster_inputs.cluster_inputs(question.old_inputs or question.state)
        runner = Runner(
            sessions=self._sessions, progress=question.progress, seconds=question.seconds or DISSOLVE_SECONDS, reach=0
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
                "none of the cluster's hosts can be reached, so none could be told that the cluster goes:\n"
                + "\n".join(map(str, gone))
                + "\nIf they are gone for good, `pulumi state delete` forgets this resource and the destroy goes on"
            )
        for problem in gone:
            question.progress.warning(f"{problem} It was not told that the cluster goes")

    def _wait(self, question: Question, *, id_: str) -> Properties:
        inputs = cluster_inputs.cluster_inputs(question.inputs)
        readiness = Readiness(inputs)
        seconds = question.seconds or WAIT_SECONDS
        try:
            unready = readiness.wait(question.progress, self._sessions.cancelled, seconds=seconds)
        except Cancelled as cancelled:
            raise Incomplete(str(cancelled), id=id_, state={**question.inputs, "unready": ["cancelled"]}) from None
        state = {**question.inputs, "unready": list(unready)}
        if unready:
            raise Incomplete(f"not ready after {seconds:.0f} s: " + "; ".join(unready), id=id_, state=state)
        return state


def _unready(state: Properties) -> Iterator[tuple[str, Difference]]:
    if state.get("unready"):
        yield "unready", Difference.OUTSIDE
