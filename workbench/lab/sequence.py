"""Random sequences of faults, reproducible from a seed."""

from collections.abc import Sequence
from random import Random

from pydantic import TypeAdapter

from workbench.lab.fault import Fault

# Faults that may follow each other without manual repair; the role is resolved to a machine at the time of the fault.
MENU: tuple[tuple[Fault, int], ...] = (
    (Fault(what="kill-program", program="etcd", where="etcd-leader"), 3),
    (Fault(what="kill-program", program="etcd", where="etcd-follower"), 2),
    (Fault(what="kill-program", program="kube-apiserver", where="vip-owner"), 3),
    (Fault(what="kill-program", program="kube-apiserver", where="bystander"), 2),
    (Fault(what="kill-program", program="kube-scheduler", where="scheduler"), 1),
    (Fault(what="kill-program", program="kube-controller-manager", where="controller-manager"), 1),
    (Fault(what="kill-program", program="kubelet", where="vip-owner"), 1),
    (Fault(what="kill-program", program="containerd", where="vip-owner"), 1),
    (Fault(what="kill-program", program="haproxy", where="vip-owner"), 3),
    (Fault(what="kill-program", program="keepalived", where="vip-owner"), 2),
    (Fault(what="pause-program", program="etcd", where="etcd-leader", lasts=3), 2),
    (Fault(what="pause-program", program="kube-apiserver", where="vip-owner", lasts=3), 2),
    (Fault(what="pause-program", program="haproxy", where="vip-owner", lasts=3), 1),
    (Fault(what="cut-power", where="etcd-leader", lasts=1), 2),
    (Fault(what="cut-power", where="vip-owner", lasts=1), 2),
    (Fault(what="cut-power", where="bystander", lasts=1), 1),
    (Fault(what="shut-down", where="vip-owner", lasts=1), 1),
    (Fault(what="isolate", where="etcd-leader", lasts=3), 2),
    (Fault(what="isolate", where="vip-owner", lasts=3), 2),
    (Fault(what="deafen", where="bystander", lasts=3), 1),
    (Fault(what="silence", where="vip-owner", lasts=3), 1),
    (Fault(what="lose-packets", where="etcd-leader", lasts=4), 2),
    (Fault(what="slow-disk", where="etcd-leader", lasts=4), 1),
)

_FAULTS = TypeAdapter(tuple[Fault, ...])


def sequence(seed: int, count: int, menu: Sequence[tuple[Fault, int]] = MENU) -> tuple[Fault, ...]:
    """`count` faults; the same for the same seed, count and menu, in which each fault has a weight.

    It contains each fault of the menu if `count` is large enough.
    """
    faults, weights = zip(*menu, strict=True)
    random = Random(seed)  # noqa: S311  reproducible, not secret
    once = list(faults) if count >= len(faults) else []
    drawn = [*once, *random.choices(faults, weights=weights, k=count - len(once))]
    random.shuffle(drawn)
    return tuple(drawn)


def as_json(faults: Sequence[Fault]) -> str:
    """The sequence as JSON, for a record."""
    return _FAULTS.dump_json(tuple(faults), exclude_defaults=True).decode()


def from_json(text: str) -> tuple[Fault, ...]:
    """A sequence from such JSON, to be replayed or shortened by hand. Raises `ValueError` with what is wrong."""
    return _FAULTS.validate_json(text)
