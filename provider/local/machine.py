"""The resource `quorate:local:Machine`: a systemd machine on this computer."""

from collections.abc import Mapping

from provider.hosts import moves
from provider.hosts.session import Sessions
from provider.local.machines import machine
from provider.local.machines.machine import MachineSpec
from provider.local.machines.unable import Unable
from provider.protocol.kind import Kind
from provider.protocol.messages import Change, Checked, Difference, Found, Refused, Request
from provider.protocol.values import UNKNOWN, Properties

TEXTS = ("fleet", "name", "bridge", "address", "gateway", "authorizedKey")
NAMES = (*TEXTS, "store", "memoryMegabytes")
# A change of these keeps the machine: the spec is applied at its next start.
IN_PLACE = ("authorizedKey", "store", "memoryMegabytes")


class MachineKind(Kind):
    """State: the inputs, `generation` (new with every disk), `hostKey` (outlives disks), `running`."""

    def check(self, request: Request) -> Checked:
        """Check types; the package that creates machines checks the values.

        `members`, the addresses of all members by name, is only for this check: another address replaces the machine
        with its disk, so several of them at once would cost the quorum and its data.
        """
        given = request.inputs
        problems = [
            f"{name} must be a string; got {given.get(name)!r}"
            for name in TEXTS
            if not (isinstance(given.get(name), str) and given[name])
        ]
        if not isinstance(given.get("store"), str | None):
            problems.append(f"store must be a folder's path; got {given['store']!r}")
        if given.get("memoryMegabytes") not in (None, UNKNOWN) and not isinstance(given["memoryMegabytes"], int):
            problems.append(f"memoryMegabytes must be a whole number; got {given['memoryMegabytes']!r}")
        if not problems and UNKNOWN not in given.values():
            try:
                _spec(given).check()
            except Unable as unable:
                problems.append(str(unable))
        before, after = (_members(values) for values in (request.old_inputs, given))
        if moved := moves.problem(before, after):
            problems.append(moved)
        return Checked(inputs=given, problems=problems)

    def diff(self, request: Request) -> Change:
        """Check the machine itself, which costs a few file reads: a lost or stopped machine needs an update."""
        old, new = request.old_inputs, request.inputs
        paths = {name: Difference.CHANGED for name in NAMES if old.get(name) != new.get(name)}
        replacing = [name for name in paths if name not in IN_PLACE]
        if not replacing:
            found = _find(request.state)
            if found is None or found.generation != request.state.get("generation"):
                paths["generation"] = Difference.OUTSIDE
            elif not found.running:
                paths["running"] = Difference.OUTSIDE
        return Change(paths=paths, replacing=replacing, delete_first=True)

    def create(self, request: Request) -> tuple[str, Properties]:
        """Create it with a disk, start it, and wait until it responds by SSH."""
        if request.preview:
            return "", {**request.inputs, "generation": UNKNOWN, "hostKey": UNKNOWN, "running": True}
        return f"{request.inputs['fleet']}/{request.inputs['name']}", self._made(request)

    def update(self, request: Request) -> Properties:
        """Recreate it if it is lost, start it if it is stopped."""
        if not request.preview:
            return self._made(request)
        found = _find(request.state)
        known: Properties = (
            {"generation": UNKNOWN, "hostKey": request.state.get("hostKey", UNKNOWN)}
            if found is None
            else {"generation": found.generation, "hostKey": found.host_key}
        )
        return {**request.inputs, **known, "running": True}

    def read(self, request: Request) -> Found:
        """Read the machine. The state keeps a lost one as not running, and its next update creates a new disk."""
        found = _find(request.state)
        return Found(state={**request.state, "running": found is not None and found.running})

    def delete(self, request: Request) -> None:
        """Destroy it with its disk."""
        try:
            machine.destroy(str(request.state["fleet"]), str(request.state["name"]))
        except Unable as unable:
            raise Refused(str(unable)) from None

    @staticmethod
    def _made(request: Request) -> Properties:
        try:
            made = machine.create(_spec(request.inputs), request.progress.status)
        except Unable as unable:
            raise Refused(f"{request.inputs['name']}: {unable}") from None
        known: Properties = {"generation": made.generation, "hostKey": made.host_key, "running": made.running}
        return {**request.inputs, **known}


def _find(state: Properties) -> machine.Machine | None:
    return machine.find(str(state.get("fleet")), str(state.get("name")))


def _members(values: Properties) -> dict[str, str]:
    found = values.get("members")
    return {name: str(address) for name, address in found.items()} if isinstance(found, Mapping) else {}


def _spec(values: Properties) -> MachineSpec:
    store, memory = values.get("store"), values.get("memoryMegabytes")
    return MachineSpec(
        fleet=str(values["fleet"]),
        name=str(values["name"]),
        bridge=str(values["bridge"]),
        address=str(values["address"]),
        gateway=str(values["gateway"]),
        authorized_key=str(values["authorizedKey"]),
        store=str(store) if store else None,
        memory_megabytes=memory if isinstance(memory, int) else None,
    )


def kind(_: Sessions) -> MachineKind:
    """Create the kind for the provider."""
    return MachineKind()
