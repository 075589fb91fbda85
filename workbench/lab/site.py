"""A running cluster for a drill: its addresses, its machines, and their current roles."""

import json
from dataclasses import dataclass

from workbench.lab import etcd
from workbench.lab.access import Access, Address
from workbench.lab.api import Connection, Unanswered
from workbench.lab.machines import Machines
from workbench.lab.wait import NotYet, until

OK = 200


@dataclass(frozen=True, kw_only=True)
class Site:
    """`servers` are the API servers behind the endpoint, each named like its machine.

    `virtual_ip` is None if no machine has the endpoint's address.
    """

    access: Access
    servers: tuple[Address, ...]
    machines: Machines
    virtual_ip: str | None

    @property
    def endpoint(self) -> Address:
        """The address that clients dial."""
        return self.access.endpoint

    def owner(self) -> str:
        """The machine that has the virtual address. Raises `NotYet` unless exactly one has it."""
        owners = [name for name in self.machines.names if self.virtual_ip in self._addresses(name)]
        if len(owners) != 1:
            raise NotYet(f"{self.virtual_ip} is on {', '.join(owners) or 'no machine'}")
        return owners[0]

    def leader(self) -> str:
        """The machine whose etcd member leads. Raises `NotYet`."""
        return etcd.leader(self.machines)

    def at_work(self, component: str) -> str:
        """The machine whose scheduler or controller-manager holds the lease. Raises `NotYet` or `Unanswered`."""
        connection = Connection(self.access)
        try:
            lease = connection.get(f"/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/{component}")
        finally:
            connection.close()
        holder = lease.text("spec", "holderIdentity").partition("_")[0]
        if holder not in self.machines.names:
            raise NotYet(f"the lease of {component} is held by {holder or 'no machine'}")
        return holder

    def members(self) -> tuple[etcd.EtcdMember, ...]:
        """etcd's member list by name, from the first machine that responds. Raises `CommandFailed`."""
        running = [name for name in self.machines.names if self.machines.running(name)]
        return etcd.members(self.machines, running[0])

    def ready(self) -> None:
        """Check that every API server and the endpoint report ready.

        Raises `NotYet` with the place that is not ready.
        """
        for place in (*self.servers, self.endpoint):
            connection = Connection(self.access, place)
            try:
                answer = connection.get("/readyz", deadline=2)
            except Unanswered as reason:
                raise NotYet(f"{place.name}: {reason}") from None
            finally:
                connection.close()
            if answer.status != OK:
                raise NotYet(f"{place.name}: /readyz returns {answer.status}")

    def whole(self) -> None:
        """Check that all servers and members are healthy, with one address owner. Raises `NotYet` or `OSError`."""
        self.ready()
        etcd.healthy(self.machines)
        if self.virtual_ip is not None:
            self.owner()

    def wait_until_whole(self, *, seconds: float) -> None:
        """Wait for `whole`. Raises `TimedOut`."""
        until("the cluster is whole", self.whole, seconds=seconds)

    def _addresses(self, name: str) -> set[str]:
        try:
            shown = json.loads(self.machines.run(name, "ip", "-json", "address", "show"))
        except OSError:
            return set()  # a machine that is off has no address
        return {entry["local"] for interface in shown for entry in interface.get("addr_info", [])}
