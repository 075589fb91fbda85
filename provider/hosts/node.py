"""The resource `quorate:hosts:Node`: a machine whose agent brings it to the wanted state."""

from collections.abc import Mapping

from provider.hosts import moves, node_diff, node_inputs
from provider.hosts.admission import Admission
from provider.hosts.agent_archive import Agent
from provider.hosts.failure import HostFailure, Unreachable
from provider.hosts.node_inputs import NodeInputs
from provider.hosts.run import REACH_SECONDS, Ran, Runner
from provider.hosts.session import Cancelled, NoClient, Sessions
from provider.hosts.shipment import WANTED, shipment, wanted
from provider.protocol.kind import Kind
from provider.protocol.messages import Change, Checked, Found, PartialFailure, Refused, Request
from provider.protocol.values import UNKNOWN, Properties, Value, secret

# The agent has a deadline for each of its own waits; these end an agent that hangs.
APPLY_SECONDS, CHECK_SECONDS, LEAVE_SECONDS = 1800.0, 120.0, 600.0


class NodeKind(Kind):
    """Create and update send everything in one SSH session and run `apply`; delete runs `leave`.

    State: the inputs (with `secrets` as a secret), `hostKey` (learnt at the first contact if not given), `member` (the
    machine has started as an etcd member, so it never bootstraps a cluster again, even with an empty disk), and
    `drift` (findings of the last refresh, empty after an update). `reach`: seconds for which an update retries a host.
    """

    def __init__(self, agent: Agent, sessions: Sessions, *, reach: float = REACH_SECONDS) -> None:
        self._agent = agent
        self._sessions = sessions
        self._reach = reach

    def check(self, request: Request) -> Checked:
        """Adds the agent's digest, so that a changed agent is an update. Refuses to move several members at once."""
        inputs = {**request.inputs, "agent": self._agent.digest}
        before, after = (moves.peers(values.get("manifest")) for values in (request.old_inputs, inputs))
        moved = moves.problem(before, after)
        return Checked(inputs=inputs, problems=[*node_inputs.problems(inputs), *([moved] if moved else [])])

    def diff(self, request: Request) -> Change:
        """Compare per file; a changed name means another node."""
        return node_diff.change(request.old_inputs, request.inputs, request.state)

    def create(self, request: Request) -> tuple[str, Properties]:
        """Apply on the host; a preview contacts no host."""
        if request.preview:
            return "", _state(request.inputs, host_key=_given_key(request) or UNKNOWN, member=UNKNOWN)
        name = str(request.inputs["name"])
        return name, self._apply(request, id_=name)

    def update(self, request: Request) -> Properties:
        """Apply on the host; a preview contacts no host."""
        if request.preview:
            key = _given_key(request) or _kept_key(request) or UNKNOWN
            return _state(request.inputs, host_key=key, member=request.state.get("member", UNKNOWN))
        return self._apply(request, id_=request.id)

    def read(self, request: Request) -> Found:
        """Ask the agent for differences from the wanted state.

        A machine that is off or broken is drift, not a failed refresh: other nodes are still refreshed, the preview
        shows which node differs and why, and the next update tries to reach it again.
        """
        inputs = node_inputs.node_inputs(request.inputs, host_key=_kept_key(request))
        runner = Runner(sessions=self._sessions, progress=request.progress, seconds=CHECK_SECONDS, reach=0)
        ran = self._run(runner, inputs, ("check", "--wanted", WANTED), bootstrap=not _member(request))
        found = [str(ran.problem)] if ran.problem else list(ran.result.differences) if ran.result else []
        return Found(state={**request.state, "drift": found})

    def delete(self, request: Request) -> None:
        """Let the node leave the cluster and clean itself up.

        A machine that cannot be reached only causes a warning, because a dead machine is the usual reason for a
        removal, and the remaining members remove it from etcd's list. If a machine refuses the connection (key, host
        key, sudo), or its agent refuses (quorum), the deletion fails.
        """
        inputs = node_inputs.node_inputs(request.old_inputs or request.state, host_key=_kept_key(request))
        runner = Runner(
            sessions=self._sessions, progress=request.progress, seconds=request.seconds or LEAVE_SECONDS, reach=0
        )
        self._say_goodbye(inputs, runner, request)
        ran = runner.run(inputs.connection, ("leave",), shipment(self._agent.archive))
        if isinstance(ran.problem, Unreachable):
            request.progress.warning(
                f"{ran.problem} It is removed without being notified: wipe its disk before the machine is used "
                "again, because it holds keys of the cluster"
            )
        elif ran.problem:
            raise Refused(str(ran.problem))

    def _apply(self, request: Request, *, id_: str) -> Properties:
        inputs = node_inputs.node_inputs(request.inputs, host_key=_kept_key(request))
        member = _member(request)
        runner = Runner(
            sessions=self._sessions,
            progress=request.progress,
            seconds=request.seconds or APPLY_SECONDS,
            reach=self._reach,
        )
        ran = self._let_in(runner, inputs) if inputs.admission else self._apply_to(runner, inputs, bootstrap=not member)
        if ran.problem is None:
            return _state(request.inputs, host_key=ran.host_key, member=member or ran.member)
        if ran.host_key is None:
            raise Refused(str(ran.problem))  # nothing was sent, so the known state is still complete
        state = _state(request.inputs, host_key=ran.host_key, member=member or ran.member)
        raise PartialFailure(str(ran.problem), id=id_, state=state)

    def _let_in(self, runner: Runner, inputs: NodeInputs) -> Ran:
        """Apply to a worker. Always send a token, because only the machine knows whether it has joined."""
        admission = Admission(runner, self._agent.archive, inputs.admission)
        try:
            with admission.ticket(inputs.connection.name) as ticket:
                return self._apply_to(runner, inputs, bootstrap=False, ticket=ticket)
        except (HostFailure, Cancelled, NoClient) as problem:
            return Ran(result=None, problem=problem, member=False, host_key=None)

    def _say_goodbye(self, inputs: NodeInputs, runner: Runner, request: Request) -> None:
        """Drain a worker before its programs stop; if no control-plane node can do so, remove it anyway."""
        if inputs.admission:
            problem = Admission(runner, self._agent.archive, inputs.admission).expel(inputs.connection.name)
            if problem is not None:
                request.progress.warning(f"{inputs.connection.name} is removed without being drained: {problem}")

    def _apply_to(self, runner: Runner, inputs: NodeInputs, *, bootstrap: bool, ticket: str = "") -> Ran:
        return self._run(runner, inputs, ("apply", "--wanted", WANTED), bootstrap=bootstrap, ticket=ticket)

    def _run(
        self, runner: Runner, inputs: NodeInputs, words: tuple[str, ...], *, bootstrap: bool, ticket: str = ""
    ) -> Ran:
        data = shipment(self._agent.archive, wanted(inputs, bootstrap=bootstrap, ticket=ticket))
        return runner.run(inputs.connection, words, data)


def _state(inputs: Properties, *, host_key: Value, member: Value) -> Properties:
    # Include the secrets, although the engine stores the inputs too: stack-wide policies see only the state.
    return {**inputs, "secrets": secret(inputs.get("secrets")), "hostKey": host_key, "member": member, "drift": []}


def _given_key(request: Request) -> Value:
    connection = request.inputs.get("connection")
    return connection.get("hostKey") if isinstance(connection, Mapping) else None


def _kept_key(request: Request) -> str | None:
    """The key from the first contact or from the program; a machine with a new disk may have a new key."""
    inputs = request.inputs or request.old_inputs
    key = request.state.get("hostKey")
    renewed = "generation" in request.state and request.state["generation"] != inputs.get("generation")
    return None if renewed or key in (None, UNKNOWN) else str(key)


def _member(request: Request) -> bool:
    return request.state.get("member") is True


def kind(sessions: Sessions) -> NodeKind:
    """Create the kind for the provider, with this project's agent."""
    return NodeKind(Agent(), sessions)
