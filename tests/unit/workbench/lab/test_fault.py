"""Faults against machines whose commands answer what real ones answer; nothing is broken here."""

import json
import time
from dataclasses import dataclass, field

import pytest

from workbench.lab import etcd
from workbench.lab.access import Access, Address
from workbench.lab.fault import Fault, inject, mend
from workbench.lab.machines import CommandFailed
from workbench.lab.site import Site
from workbench.lab.wait import NotYet

VIP = "10.89.0.10"


@dataclass
class AnsweringMachines:
    """The process boundary: what `ip`, `etcdctl` and `pkill` print on three machines."""

    owners: set[str] = field(default_factory=lambda: {"cp2"})
    leads: str = "cp3"
    off: set[str] = field(default_factory=set)
    log: list[tuple[str, ...]] = field(default_factory=list)
    names: tuple[str, ...] = ("cp1", "cp2", "cp3")
    pauses: int = 0

    def run(self, name: str, *command: str, seconds: float = 10) -> str:
        del seconds
        if name in self.off:
            raise CommandFailed(f"{name} does not run")
        if command[0] == "ip":
            mine = ["10.89.0.1" + name[-1], *([VIP] if name in self.owners else [])]
            return json.dumps([{"addr_info": [{"local": address} for address in mine]}])
        if "status" in command:
            numbers = {"cp1": 11, "cp2": 12, "cp3": 13}
            header = {"member_id": numbers[name]}
            status = {"header": header, "leader": numbers.get(self.leads, 0), "version": "3.6.10", "dbSize": 20480}
            return json.dumps([{"Status": status}])
        if "member" in command:
            added = [{"ID": 2, "peerURLs": [], "isLearner": True}, {"ID": 1, "name": "cp1"}]
            return json.dumps({"members": added})
        assert command[:2] == ("sh", "-c")
        if self.pauses:
            self.pauses -= 1
            raise CommandFailed(f"{name}: `{command[2]}`: exit 1")
        self.log.append((name, command[2]))
        return ""

    def running(self, name: str) -> bool:
        return name not in self.off

    def start(self, name: str) -> None:
        self.log.append(("start", name))

    def stop(self, name: str) -> None:
        self.log.append(("stop", name))

    def kill(self, name: str) -> None:
        self.log.append(("kill", name))

    def wipe(self, name: str) -> None:
        self.log.append(("wipe", name))


def site(machines: AnsweringMachines) -> Site:
    endpoint = Address(name="endpoint", host=VIP, port=8443, server_name="api.test")
    access = Access(authority="", certificate="", key="", endpoint=endpoint)
    return Site(access=access, servers=(), machines=machines, virtual_ip=VIP)


def test_a_program_is_killed_where_the_role_is_now() -> None:
    machines = AnsweringMachines()
    hit = inject(site(machines), Fault(what="kill-program", where="vip-owner", program="haproxy"))
    assert hit.names == ("cp2",)
    machines.owners = {"cp1"}
    inject(site(machines), Fault(what="kill-program", where="vip-owner", program="haproxy"))
    assert machines.log == [("cp2", "pkill -KILL -x haproxy"), ("cp1", "pkill -KILL -x haproxy")]


def test_a_program_that_the_kubelet_is_about_to_start_again_is_waited_for() -> None:
    machines = AnsweringMachines(pauses=2)
    inject(site(machines), Fault(what="kill-program", where="cp1", program="kube-controller-manager"))
    assert machines.log == [("cp1", "pkill -KILL -x kube-controller")]


def test_the_leader_is_the_member_that_says_so_itself() -> None:
    machines = AnsweringMachines(off={"cp1"})
    assert etcd.leader(machines) == "cp3"
    machines.leads = "nobody"
    with pytest.raises(NotYet, match="cp1 does not run; cp2 follows; cp3 follows"):
        etcd.leader(machines)


def test_two_owners_of_the_address_are_as_bad_as_none() -> None:
    for owners, seen in (({"cp1", "cp3"}, "is on cp1, cp3"), (set[str](), "is on no machine")):
        with pytest.raises(NotYet, match=seen):
            site(AnsweringMachines(owners=owners)).owner()


def test_a_member_that_was_added_but_never_started_has_no_name() -> None:
    unnamed, named = etcd.members(AnsweringMachines(), "cp1")
    assert (unnamed.name, unnamed.identity, unnamed.learner) == ("", 2, True)
    assert (named.name, named.learner) == ("cp1", False)


def test_every_machine_loses_power_and_gets_it_back() -> None:
    machines = AnsweringMachines()
    hit = inject(site(machines), Fault(what="cut-power", where="every-machine"))
    mend(site(machines), hit)
    assert sorted(entry for entry in machines.log[:6] if entry[0] == "kill") == [
        ("kill", "cp1"),
        ("kill", "cp2"),
        ("kill", "cp3"),
    ]
    assert sorted(machines.log[6:]) == [("start", "cp1"), ("start", "cp2"), ("start", "cp3")]


def test_a_machine_without_power_says_no_last_word_to_those_that_are_connected_to_it() -> None:
    machines = AnsweringMachines()
    inject(site(machines), Fault(what="cut-power", where="cp1", lasts=1))
    (silenced, text), killed = machines.log
    assert silenced == "cp1"
    assert "hook output priority -10; policy drop" in text
    assert killed == ("kill", "cp1")


def test_a_lost_disk_is_not_brought_back_by_the_drill() -> None:
    machines = AnsweringMachines()
    mend(site(machines), inject(site(machines), Fault(what="lose-disk", where="cp1")))
    assert machines.log == [("wipe", "cp1")]


def test_a_fault_waits_for_its_moment_in_the_drill() -> None:
    begun = time.monotonic()
    hit = inject(site(AnsweringMachines()), Fault(what="cut-power", where="cp1", after=0.2), begun=begun)
    assert 0.2 <= hit.at - begun < 0.4


def test_a_fault_on_an_unknown_machine_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no machine 'cp9'; there are cp1, cp2, cp3"):
        inject(site(AnsweringMachines()), Fault(what="cut-power", where="cp9"))


def test_a_killed_program_has_a_name_and_nothing_else_has_one() -> None:
    with pytest.raises(ValueError, match="kill-program: a program is named"):
        Fault(what="kill-program", where="cp1")
    with pytest.raises(ValueError, match="cut-power: a program is named"):
        Fault(what="cut-power", where="cp1", program="etcd")
