"""The description of a requested machine."""

from dataclasses import asdict, dataclass
from ipaddress import ip_address, ip_interface
from pathlib import Path

from provider.local.machines import record
from provider.local.machines.place import Place, check_name
from provider.local.machines.unable import Unable


@dataclass(frozen=True, kw_only=True)
class MachineSpec:
    """One machine. `address` includes the prefix length (10.88.0.11/24), `gateway` does not.

    `authorized_key`: one line in OpenSSH's format.
    `store`: the host's folder with the artifact store, mounted read-only at /opt/quorate/store; None: no store.
    `memory_megabytes`: in units of 2**20 bytes; None: no limit.
    """

    fleet: str
    name: str
    bridge: str
    address: str
    gateway: str
    authorized_key: str
    store: str | None = None
    memory_megabytes: int | None = None

    @property
    def place(self) -> Place:
        """The machine's folder."""
        return Place(fleet=self.fleet, name=self.name)

    @property
    def host(self) -> str:
        """The address without its prefix length."""
        return str(ip_interface(self.address).ip)

    def check(self) -> None:
        """Reject a spec that cannot become a machine. Raises `Unable`."""
        check_name("fleet", self.fleet)
        check_name("machine", self.name)
        try:
            inside = "/" in self.address and ip_address(self.gateway) in ip_interface(self.address).network
        except ValueError:
            inside = False
        if not inside:
            raise Unable(
                "a machine's address has a prefix length, and its gateway is in that network",
                got=f"address {self.address}, gateway {self.gateway}",
                why="the machine reaches the other machines and this computer through one bridge",
                fix="use for example 10.88.0.11/24 and 10.88.0.1",
            )
        if "\n" in self.authorized_key.strip() or len(self.authorized_key.split()) < 2:  # noqa: PLR2004  kind and key
            raise Unable(
                "an authorized key is one line in OpenSSH's format",
                got=f"{len(self.authorized_key.splitlines())} lines",
                why="it is the only way into the machine",
                fix="give the content of a .pub file",
            )
        if self.store is not None and not Path(self.store).is_dir():
            raise Unable(
                "the store is a folder",
                got=self.store,
                why="the machine installs from it",
                fix="build it with `make setup`",
            )


def save(spec: MachineSpec) -> None:
    """Save the spec, so that the machine can be started again by its name."""
    record.write(spec.place.spec, asdict(spec))


def load(place: Place) -> MachineSpec | None:
    """The spec that was saved last; None if the machine was never created."""
    kept = record.read(place.spec)
    if kept is None:
        return None
    text = {name: str(kept[name]) for name in ("fleet", "name", "bridge", "address", "gateway", "authorized_key")}
    store, memory = kept.get("store"), kept.get("memory_megabytes")
    return MachineSpec(
        **text,
        store=store if isinstance(store, str) else None,
        memory_megabytes=memory if isinstance(memory, int) else None,
    )
