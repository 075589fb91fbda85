import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from provider.local.machines.furnishing import network
from provider.local.machines.machine import MachineSpec
from provider.local.machines.unable import Unable

SPEC = MachineSpec(
    fleet="machines-test",
    name="cp1",
    bridge="qtest0",
    address="10.89.1.11/24",
    gateway="10.89.1.1",
    authorized_key="ssh-ed25519 AAAA somebody",
)


def test_a_plain_machine_is_accepted() -> None:
    SPEC.check()


@pytest.mark.parametrize("name", ["", "..", "a/b", "CP1", "-cp1", "cp1-", "cp.1", "c" * 33])
def test_a_name_that_is_no_host_name_or_leads_out_of_its_folder_is_refused(name: str) -> None:
    with pytest.raises(Unable, match="name of a machine"):
        replace(SPEC, name=name).check()
    with pytest.raises(Unable, match="name of a fleet"):
        replace(SPEC, fleet=name).check()


@pytest.mark.parametrize(
    ("address", "gateway"),
    [
        ("10.89.1.11", "10.89.1.1"),
        ("10.89.1.11/24", "10.89.2.1"),
        ("nonsense/24", "10.89.1.1"),
        ("10.89.1.11/24", "fd00::1"),
    ],
)
def test_a_gateway_outside_the_machines_network_is_refused(address: str, gateway: str) -> None:
    with pytest.raises(Unable, match="gateway"):
        replace(SPEC, address=address, gateway=gateway).check()


@pytest.mark.parametrize("key", ["", "ssh-ed25519", "ssh-ed25519 AAAA\nssh-ed25519 BBBB"])
def test_a_key_that_is_not_one_line_is_refused(key: str) -> None:
    with pytest.raises(Unable, match="authorized key"):
        replace(SPEC, authorized_key=key).check()


def test_a_store_that_does_not_exist_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(Unable, match="store is a folder"):
        replace(SPEC, store=str(tmp_path / "none")).check()


@pytest.mark.parametrize(("address", "gateway"), [("10.89.1.11/24", "10.89.1.1"), ("fd00:89::11/64", "fd00:89::1")])
def test_a_machine_gets_exactly_its_address_and_asks_no_dhcp(address: str, gateway: str) -> None:
    text = network(replace(SPEC, address=address, gateway=gateway))
    assert f"Address={address}\n" in text
    assert f"Gateway={gateway}\n" in text
    assert "DHCP=no" in text
    assert "IPv6AcceptRA=no" in text


@pytest.mark.parametrize("words", [[], ["list"], ["start"], ["stop"], ["kill"], ["destroy"], ["run"], ["image"]])
def test_every_command_explains_itself_without_root(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "provider.local.machines", *words, "--help"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("usage: python -m provider.local.machines")
