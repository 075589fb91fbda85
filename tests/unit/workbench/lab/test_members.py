"""What tells members of etcd apart, from what etcdctl prints on three machines."""

import json
from dataclasses import dataclass, field

import pytest

from workbench.lab.etcd import disagreement
from workbench.lab.wait import NotYet


@dataclass
class HashingMachines:
    """Machines whose etcdctl answers `endpoint hashkv`: newest revision, hash and compaction by name."""

    revisions: dict[str, int] = field(default_factory=lambda: {"cp1": 100, "cp2": 98, "cp3": 101})
    hashes: dict[str, int] = field(default_factory=lambda: {"cp1": 7, "cp2": 7, "cp3": 7})
    compacted: dict[str, int] = field(default_factory=lambda: {"cp1": 50, "cp2": 50, "cp3": 50})
    asked: list[int] = field(default_factory=list)
    names: tuple[str, ...] = ("cp1", "cp2", "cp3")

    def run(self, name: str, *command: str, seconds: float = 10) -> str:
        del seconds
        (revision,) = [int(word.removeprefix("--rev=")) for word in command if word.startswith("--rev=")]
        self.asked.append(revision)
        answer = {"hash": self.hashes[name], "compact_revision": self.compacted[name]}
        return json.dumps([{"HashKV": {"header": {"revision": self.revisions[name]}, **answer}}])

    def running(self, name: str) -> bool:
        return name in self.names

    def start(self, name: str) -> None: ...

    def stop(self, name: str) -> None: ...

    def kill(self, name: str) -> None: ...

    def wipe(self, name: str) -> None: ...


def test_members_are_compared_at_a_revision_that_all_of_them_have() -> None:
    machines = HashingMachines()
    assert disagreement(machines) == ""
    assert machines.asked == [0, 0, 0, 98, 98, 98]


def test_a_member_with_other_data_is_named_with_what_it_holds() -> None:
    machines = HashingMachines(hashes={"cp1": 7, "cp2": 255, "cp3": 7})
    assert disagreement(machines) == "members hold different data at revision 98: cp1 7, cp2 ff, cp3 7"


def test_members_that_have_compacted_differently_cannot_be_compared_yet() -> None:
    with pytest.raises(NotYet, match="compacted to 50, 60, 50"):
        disagreement(HashingMachines(compacted={"cp1": 50, "cp2": 60, "cp3": 50}))
