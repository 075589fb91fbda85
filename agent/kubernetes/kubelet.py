"""The kubelet on this machine: its health, the files that kubeadm writes for it, and what it may reserve."""

import re
from collections.abc import Iterable

from agent.model.failure import Failed
from agent.model.wanted import WantedFile
from agent.system.files import digest
from agent.system.host import Host
from agent.system.probe import loopback
from agent.system.services import Services

UNIT = "kubelet.service"
CONFIGURATION = "/var/lib/kubelet/config.yaml"
FLAGS = "/var/lib/kubelet/kubeadm-flags.env"
# kubeadm's phase kubelet-start writes them; the last one only since Kubernetes 1.35 (NodeLocalCRISocket).
WRITTEN_BY_KUBEADM = (CONFIGURATION, FLAGS, "/var/lib/kubelet/instance-config.yaml")
HEALTH_PORT = 10248  # the kubelet's default healthzPort, on loopback
_RESERVED = re.compile(r"^(kubeReserved|systemReserved|evictionHard):\n((?:  .*\n)+)", re.MULTILINE)
_QUANTITY = re.compile(r"^  (cpu|memory|memory\.available): '?\"?([0-9.]+)([A-Za-z]*)'?\"?$", re.MULTILINE)
# Kubernetes' quantities (apimachinery, resource.Quantity)
_FACTORS = {"": 1.0, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12} | {
    f"{letter}i": 1024.0**power for power, letter in enumerate("KMGT", start=1)
}


def problem(services: Services) -> str | None:
    """None if the kubelet reports that it is healthy, or else the reason."""
    try:
        said = loopback(HEALTH_PORT, "/healthz")
    except OSError as error:
        return f"{error}; its last log lines: {services.last_words(UNIT, lines=3)}"
    return None if said == "ok" else f"/healthz says {said[:200]}"


def written(host: Host) -> dict[str, str]:
    """SHA-256 of the files that kubeadm wrote, by path; missing files are left out."""
    return {path: found for path in WRITTEN_BY_KUBEADM if (found := digest(host.path(path)))}


def changed(host: Host, known: dict[str, str]) -> list[str]:
    """Describes which of kubeadm's files changed after they were written. `known` is an earlier result of `written`."""
    now = written(host)
    found = []
    for path in WRITTEN_BY_KUBEADM:
        if path in known and path not in now:
            found.append(f"{path} is gone")
        elif path in now and not host.path(path).read_bytes().strip():
            found.append(f"{path} is empty")
        elif path in known and now[path] != known[path]:
            found.append(f"{path} was changed by another process")
    return found


def require_fit(host: Host, files: Iterable[WantedFile]) -> None:
    """Raises Failed, before anything is changed, for reservations that are too large for this machine.

    The kubelet refuses to start with them ("invalid Node Allocatable configuration").
    """
    text = "".join(f.content().decode() for f in files if f.path.endswith(("/kubeadm.yaml", CONFIGURATION)))
    capacity = _capacity(host)
    excess = [
        f"{name}: {_shown(name, reserved)} are reserved, and the machine has {_shown(name, capacity[name])}"
        for name, reserved in _reserved(text).items()
        if name in capacity and reserved > capacity[name]
    ]
    if excess:
        raise Failed(
            f"nothing was changed: the kubelet cannot start with these reservations; {'; '.join(excess)}. Lower "
            "`controlPlane.kubeReserved` and `controlPlane.systemReserved`, or use a larger machine"
        )


def _reserved(text: str) -> dict[str, float]:
    """Cores and bytes that are not available to pods."""
    total: dict[str, float] = {}
    for _, block in _RESERVED.findall(text):
        for name, number, unit in _QUANTITY.findall(block):
            key = name.partition(".")[0]
            total[key] = total.get(key, 0.0) + float(number) * _FACTORS.get(unit, 1.0)
    return total


def _capacity(host: Host) -> dict[str, float]:
    """The values from which the kubelet calculates the machine's capacity."""
    found: dict[str, float] = {}
    try:
        memory = re.search(r"^MemTotal:\s+(\d+) kB", host.path("/proc/meminfo").read_text(), re.MULTILINE)
        cores = len(re.findall(r"^processor\s*:", host.path("/proc/cpuinfo").read_text(), re.MULTILINE))
    except OSError:
        return found
    if memory:
        found["memory"] = float(memory.group(1)) * 1024
    if cores:
        found["cpu"] = float(cores)
    return found


def _shown(name: str, amount: float) -> str:
    return f"{amount / 1024**2:.0f} MiB" if name == "memory" else f"{amount:g} cores"
