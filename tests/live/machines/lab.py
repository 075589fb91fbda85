"""A fleet for tests, and a way into its machines."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from provider.local.machines.bridge import Bridge
from provider.local.machines.machine import MachineSpec

FLEET = "machines-test"
BRIDGE = Bridge(fleet=FLEET, name="qtest0", cidr="10.89.1.1/24")


@dataclass(frozen=True, kw_only=True)
class Key:
    """An SSH key for the tests' machines."""

    private: Path

    @property
    def public(self) -> str:
        return self.private.with_suffix(".pub").read_text()

    def ssh(self, machine: str, host_key: str, command: str) -> str:
        """Run a command by SSH; a machine with another host key is not spoken to."""
        known = self.private.with_name("known_hosts")
        known.write_text(f"{address(machine)} {host_key}\n")
        options = ["-F", "none", "-o", f"UserKnownHostsFile={known}", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5"]
        argv = ["ssh", "-i", str(self.private), *options, f"root@{address(machine)}", command]
        return subprocess.run(argv, capture_output=True, text=True, check=True, timeout=30).stdout.strip()


def make_key(folder: Path) -> Key:
    private = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(private)], check=True)
    return Key(private=private)


def address(machine: str) -> str:
    return f"10.89.1.1{machine[-1]}"


def spec(machine: str, key: Key, **more: int | str) -> MachineSpec:
    store, memory = more.get("store"), more.get("memory_megabytes")
    return MachineSpec(
        fleet=FLEET,
        name=machine,
        bridge=BRIDGE.name,
        address=f"{address(machine)}/24",
        gateway="10.89.1.1",
        authorized_key=key.public,
        store=str(store) if store is not None else None,
        memory_megabytes=int(memory) if memory is not None else None,
    )
