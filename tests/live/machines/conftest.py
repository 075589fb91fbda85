from collections.abc import Iterator

import pytest

from provider.local.machines import bridge, commands, image, machine, requirement
from provider.local.machines.unable import Unable
from tests.live.machines.lab import BRIDGE, FLEET, Key, make_key, spec
from tests.live.machines.traces import traces


@pytest.fixture(scope="session", autouse=True)
def host() -> None:
    """Skip where machines cannot be made, with the reason."""
    try:
        requirement.check("systemd-nspawn", "debootstrap", "unshare", "setsid", "ip", "nsenter", "ssh-keygen")
    except Unable as reason:
        pytest.skip(f"no machines here: {reason.bound}; {reason.got}")
    image.ensure(commands.say)


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    return make_key(tmp_path_factory.mktemp("ssh"))


@pytest.fixture(autouse=True)
def tidy() -> Iterator[None]:
    """Every test gets an empty host, and must be able to leave one."""
    destroy()
    before = traces()
    yield
    destroy()
    assert {kind: found - before[kind] for kind, found in traces().items() if found - before[kind]} == {}


def destroy() -> None:
    commands.destroy(FLEET, (), keep_disk=False, take=True, sure=True)


@pytest.fixture
def network() -> None:
    bridge.ensure(BRIDGE)


@pytest.fixture
def cp1(network: None, key: Key) -> machine.Machine:  # noqa: ARG001  the bridge comes first
    return machine.create(spec("cp1", key))
