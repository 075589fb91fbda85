"""How each fault is injected into a machine, and how it is undone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from workbench.lab.machines import Machines, at_once
from workbench.lab.wait import until

COMM = 15  # characters of a process name that the kernel keeps (TASK_COMM_LEN - 1), and that pkill compares
TABLE = "inet drill"
VOLUME = "/var/lib/etcd"
FILLER = f"{VOLUME}/drill-filler"
LOSS_PERCENT = 30
WRITES_PER_SECOND = 10
RUNNING_SECONDS = 90.0  # the kubelet's pauses: 10 s, 20 s, 40 s


@dataclass(frozen=True, kw_only=True)
class Effect:
    """An effect. Both functions get the machines and the names of the affected ones."""

    begin: Callable[[Machines, Sequence[str]], None]
    end: Callable[[Machines, Sequence[str]], None]


def effect(what: str, program: str | None, *, peers: Sequence[str]) -> Effect:
    """The effect of a kind of fault; `peers` are the addresses of all machines. Raises `KeyError`."""
    name = (program or "")[:COMM]
    return {
        "kill-program": Effect(begin=_signal(name, "KILL"), end=_nothing),
        "pause-program": Effect(begin=_signal(name, "STOP"), end=_commands(f"pkill -CONT -x {name}").begin),
        "cut-power": Effect(begin=_cut_power, end=_switch_on),
        "shut-down": Effect(begin=lambda machines, names: at_once(machines.stop, names), end=_switch_on),
        "lose-disk": Effect(begin=lambda machines, names: at_once(machines.wipe, names), end=_nothing),
        "isolate": _commands(_firewall(peers, incoming="drop", outgoing="drop"), _NO_FIREWALL),
        "deafen": _commands(_firewall(peers, incoming="drop"), _NO_FIREWALL),
        "silence": _commands(_firewall(peers, outgoing="drop"), _NO_FIREWALL),
        "lose-packets": _commands(
            _firewall(peers, incoming=f"numgen random mod 100 < {LOSS_PERCENT} drop"), _NO_FIREWALL
        ),
        "fill-disk": _commands(_FILL, f"rm -f {FILLER}"),
        "slow-disk": _commands(_throttle(WRITES_PER_SECOND), _throttle(0)),
    }[what]


def _cut_power(machines: Machines, names: Sequence[str]) -> None:
    """A running kernel would close the connections of dead processes, but a machine without power sends no packets."""

    def cut(name: str) -> None:
        _run(machines, name, _SILENT)
        machines.kill(name)

    at_once(cut, names)


def _switch_on(machines: Machines, names: Sequence[str]) -> None:
    at_once(machines.start, names)


def _nothing(machines: Machines, names: Sequence[str]) -> None:
    del machines, names


def _commands(begin: str, end: str = "") -> Effect:
    def run(text: str) -> Callable[[Machines, Sequence[str]], None]:
        def act(machines: Machines, names: Sequence[str]) -> None:
            at_once(lambda name: _run(machines, name, text), names if text else ())

        return act

    return Effect(begin=run(begin), end=run(end))


def _signal(program: str, signal: str) -> Callable[[Machines, Sequence[str]], None]:
    """An earlier fault may have stopped the container, and the kubelet waits longer before each restart."""

    def send(machines: Machines, names: Sequence[str]) -> None:
        def hit(name: str) -> None:
            command = f"pkill -{signal} -x {program}"
            until(f"{program} of {name} runs", partial(_run, machines, name, command), seconds=RUNNING_SECONDS)

        at_once(hit, names)

    return send


def _run(machines: Machines, name: str, text: str) -> None:
    machines.run(name, "sh", "-c", text)


def _firewall(peers: Sequence[str], *, incoming: str = "", outgoing: str = "") -> str:
    """Rules about the machine's peers; its own addresses are among `peers`, but its own traffic stays on loopback."""
    addresses = ", ".join(peers)
    rules = [f"table {TABLE} {{"]
    for hook, side, verdict in (("input", "saddr", incoming), ("output", "daddr", outgoing)):
        if verdict:
            device = "iif" if hook == "input" else "oif"
            rules.append(
                f"chain {hook} {{ type filter hook {hook} priority -10; "
                f"{device} lo accept; ip {side} {{ {addresses} }} {verdict}; }}"
            )
    rules.append("}")
    text = "\n".join(rules)
    return f"nft -f - <<'END'\n{text}\nEND"


# `iif lo` and `oif lo`: a machine's own traffic is not its network.
_SILENT = f"""nft -f - <<'END'
table {TABLE} {{
chain input {{ type filter hook input priority -10; policy drop; iif lo accept; }}
chain output {{ type filter hook output priority -10; policy drop; oif lo accept; }}
}}
END"""
_NO_FIREWALL = f"nft delete table {TABLE}"

# Fill it to the last block: small writes fill the space that a single large file leaves free.
_FILL = f"""size=$(df --output=avail -B1 {VOLUME} | tail -1)
total=$(df --output=size -B1 {VOLUME} | tail -1)
test "$total" -lt 2000000000 || {{ echo "{VOLUME} is no small volume of its own" >&2; exit 1; }}
fallocate -l "$size" {FILLER} || true
dd if=/dev/zero of={FILLER} bs=4k oflag=append conv=notrunc 2>/dev/null || true"""


def _throttle(writes: int) -> str:
    """Writes a second of etcd's control group on the disk that holds its data (cgroup v1 or v2); 0: no bound."""
    unbound = writes or "max"
    return f"""set -e
process=$(pidof etcd)
disk=$(stat -c %d {VOLUME}/data)
device=$((disk / 256)):$((disk % 256))
for line in $(cat /proc/$process/cgroup); do
  case $line in
    *:blkio:*) echo "$device {writes}" > /sys/fs/cgroup/blkio${{line##*:}}/blkio.throttle.write_iops_device; exit 0;;
  esac
done
unit=/sys/fs/cgroup$(sed -n s/^0:://p /proc/$process/cgroup)
echo "$device wiops={unbound}" > $unit/io.max"""
