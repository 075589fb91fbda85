"""The static pods of the control plane as processes of this machine: minimal nodes have no crictl."""

import hashlib
import os
import re
from dataclasses import dataclass

from agent.system.host import Host

COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
START = 19  # proc(5): starttime is field 22, and the state, field 3, is the first after the name
MANIFESTS = "/etc/kubernetes/manifests"
_ITEM = re.compile(r"^(\s*)- (.*)$")


@dataclass(frozen=True, kw_only=True)
class Process:
    """`identity` is the same for as long as the process lives, and is never reused."""

    pid: int
    identity: str
    arguments: tuple[str, ...]


def processes(host: Host, program: str) -> list[Process]:
    """The running processes whose first argument is that program, the youngest first."""
    found: list[tuple[int, Process]] = []
    boot = _read(host, "/proc/sys/kernel/random/boot_id").strip()
    for entry in os.scandir(host.path("/proc")):
        if not entry.name.isdigit():
            continue
        arguments = tuple(_read(host, f"/proc/{entry.name}/cmdline").rstrip("\0").split("\0"))
        if arguments[0].rpartition("/")[2] != program:
            continue
        fields = _read(host, f"/proc/{entry.name}/stat").rpartition(")")[2].split()
        if len(fields) > START and fields[0] != "Z":
            identity = f"{boot}:{entry.name}:{fields[START]}"
            process = Process(pid=int(entry.name), identity=identity, arguments=arguments)
            found.append((int(fields[START]), process))
    return [process for _, process in sorted(found, key=lambda pair: -pair[0])]


def is_alive(host: Host, process: Process) -> bool:
    """Whether that process still runs."""
    fields = _read(host, f"/proc/{process.pid}/stat").rpartition(")")[2].split()
    return len(fields) > START and fields[0] != "Z" and process.identity.endswith(f":{fields[START]}")


def _read(host: Host, path: str) -> str:
    try:
        return host.path(path).read_text(errors="replace")
    except OSError:
        return ""


def manifest(host: Host, component: str) -> str:
    """The text of a static pod's manifest; empty without one."""
    return _read(host, f"{MANIFESTS}/{component}.yaml")


def manifest_digest(host: Host, component: str) -> str:
    """A digest of a manifest; empty without one."""
    text = manifest(host, component)
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""


def command(text: str) -> tuple[str, ...]:
    """The container's command in a manifest of kubeadm: the items below its `- command:` line."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.strip() == "- command:":
            break
    found: list[str] = []
    for line in lines:
        item = _ITEM.match(line)
        if not item:
            break
        found.append(item.group(2).strip("'\""))
    return tuple(found)


def problem(host: Host, component: str, *, known: dict[str, str]) -> str | None:
    """None if the pod runs according to its manifest, or else the reason.

    `known` maps the component to "manifest process" of the last healthy state: a process that ran under another
    manifest is not the planned one, even if their command lines are equal.
    """
    text = manifest(host, component)
    if not text:
        return f"{component} has no manifest"
    running = processes(host, component)
    if not running:
        return f"{component} is not running"
    former_manifest, _, former_process = known.get(component, "").partition(" ")
    changed = former_manifest not in {"", manifest_digest(host, component)}
    fresh = [p for p in running if not (changed and p.identity == former_process)]
    if not fresh:
        return f"{component} still runs under its previous manifest"
    if command(text) not in {p.arguments for p in fresh}:
        return f"{component} runs with arguments that differ from its manifest"
    return None


def remember(host: Host) -> dict[str, str]:
    """The value of `known` for the next call of `problem`."""
    known: dict[str, str] = {}
    for component in COMPONENTS:
        running = processes(host, component)
        known[component] = f"{manifest_digest(host, component)} {running[0].identity if running else ''}"
    return known
