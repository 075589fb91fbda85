"""Delays states of instances: records stay `pending` and `shutting-down` until the machine has changed."""

from collections.abc import Callable

from moto.core.responses import ActionResult
from moto.core.types import Base64EncodedString
from moto.core.utils import utcnow
from moto.ec2.models.instances import Instance, InstanceState
from moto.ec2.responses.general import General

from workbench.cloud.replacing import instead_of

PENDING, RUNNING, SHUTTING_DOWN = (0, "pending"), (16, "running"), (32, "shutting-down")
TERMINATED, STOPPING, STOPPED = (48, "terminated"), (64, "stopping"), (80, "stopped")
CONSOLE_BYTES = 65_536
_console: list[Callable[[str], str]] = []
_stop: list[Callable[..., InstanceState]] = []
_terminate: list[Callable[..., InstanceState]] = []


@instead_of(Instance, "__init__")
def launch(original: Callable[..., None], self: Instance, *given: object, **named: object) -> None:
    """The instance runs once its machine is powered on."""
    original(self, *given, **named)
    put(self, PENDING)


@instead_of(Instance, "start")
def start(original: Callable[..., InstanceState], self: Instance) -> InstanceState:
    """Start a stopped instance, in the same way as at the launch."""
    previous = original(self)
    if previous.name != RUNNING[1]:
        put(self, PENDING)
    return previous


@instead_of(Instance, "stop")
def stop(original: Callable[..., InstanceState], self: Instance) -> InstanceState:
    """The instance is stopping until its machine is off."""
    if not _stop:
        _stop.append(original)
    previous = InstanceState(self.state, self.state_code)
    if self.state in {PENDING[1], RUNNING[1]}:
        put(self, STOPPING)
    return previous


@instead_of(Instance, "terminate")
def terminate(original: Callable[..., InstanceState], self: Instance) -> InstanceState:
    """The interface stays in use and volumes stay attached until the machine is removed."""
    if not _terminate:
        _terminate.append(original)
    previous = InstanceState(self.state, self.state_code)
    if self.state not in {SHUTTING_DOWN[1], TERMINATED[1]}:
        put(self, SHUTTING_DOWN)
    return previous


def started(instance: Instance) -> None:
    """Record that its machine is powered on."""
    if instance.state == PENDING[1]:
        put(instance, RUNNING)


def stopped(instance: Instance) -> None:
    """Record that its machine is off."""
    if _stop and instance.state == STOPPING[1]:
        _stop[0](instance)
    put(instance, STOPPED)


def gone(instance: Instance) -> None:
    """Record that its machine is removed: interface and volumes are free."""
    _terminate[0](instance)


def report_console(of: Callable[[str], str]) -> None:
    """Use the console output of the machines."""
    _console[:] = [of]


@instead_of(General, "get_console_output")
def get_console_output(original: Callable[..., ActionResult], self: General) -> ActionResult:
    """The last 64 KB of the machine's console output."""
    if not _console:
        return original(self)
    instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
    text = _console[0](instance.id)[-CONSOLE_BYTES:]
    output = Base64EncodedString.from_raw_string(text)
    return ActionResult({"InstanceId": instance.id, "Timestamp": utcnow(), "Output": output})


def put(instance: Instance, state: tuple[int, str]) -> None:
    """Set the state."""
    instance._state = InstanceState(state[1], state[0])  # noqa: SLF001 -- moto has no other way
