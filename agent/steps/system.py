"""The operating system: files, names, kernel modules and settings, no swap."""

import errno
import re

from agent.model.difference import Difference
from agent.model.step import Step
from agent.system.commands import CommandFailed
from agent.system.files import install
from agent.system.machine import Machine

BEGIN, END = "# quorate: begin", "# quorate: end"
_BLOCK = re.compile(rf"^{BEGIN}\n.*?^{END}\n", re.DOTALL | re.MULTILINE)
SYSCTL, MODULES = "/etc/sysctl.d/", "/etc/modules-load.d/"


def without_block(hosts: str) -> str:
    """A hosts file without the cluster's names."""
    return _BLOCK.sub("", hosts)


class SystemStep(Step):
    """Kernel settings that this machine cannot change (a container's host owns them) are reported, not failed."""

    name = "system"

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._host = machine.host
        self._files = machine.files(self.name)

    def differences(self) -> list[Difference]:
        """Files, names, kernel settings and modules, swap."""
        found = self._files.differences()
        if self._hosts_text() != self._hosts_wanted():
            found.append(self._differs("/etc/hosts", "the cluster's names", "others"))
        foreign = self._machine.record(self.name).read().get("foreign", "").split()
        for key, value in self._settings().items():
            if key not in foreign and (current := self._current(key)) not in {None, value}:
                found.append(self._differs(key, value, current or "nothing"))
        if self._may_load():
            found += [self._differs(f"module {m}", "loaded", "not loaded") for m in self._missing_modules()]
        if self._swaps():
            found.append(self._differs("swap", "off", f"on: {', '.join(self._swaps())}"))
        return found

    def apply(self) -> None:
        """Write files and names, set the kernel, turn swap off."""
        changed = self._files.install()
        if any(path.startswith("/etc/systemd/") for path in changed):
            self._machine.services.reread()
        if self._hosts_text() != self._hosts_wanted():
            install(self._host.path("/etc/hosts"), self._hosts_wanted().encode(), mode=0o644)
        self._load_modules()
        self._set()
        if self._swaps():
            self._host.commands.run("swapoff", "-a")
            # /etc/fstab belongs to the administrator; a masked target keeps every entry of it from coming back
            self._host.commands.run("systemctl", "mask", "--quiet", "swap.target")

    def verify(self) -> None:
        """Nothing runs here."""

    def _differs(self, what: str, wanted: str, found: str) -> Difference:
        return Difference(step=self.name, what=what, wanted=wanted, found=found)

    def _hosts_text(self) -> str:
        path = self._host.path("/etc/hosts")
        return path.read_text() if path.exists() else ""

    def _hosts_wanted(self) -> str:
        rest = without_block(self._hosts_text())
        hosts = self._machine.wanted.manifest.hosts
        if not hosts:
            return rest
        lines = [f"{address} {' '.join(names)}" for address, names in hosts]
        return (rest if not rest or rest.endswith("\n") else rest + "\n") + "\n".join([BEGIN, *lines, END]) + "\n"

    def _lines(self, directory: str) -> list[str]:
        files = [file for file in self._machine.wanted.of(self.name) if file.path.startswith(directory)]
        text = "\n".join(file.content().decode() for file in files)
        return [line for raw in text.splitlines() if (line := raw.strip()) and line[0] not in "#;"]

    def _settings(self) -> dict[str, str]:
        pairs = (line.lstrip("-").split("=", 1) for line in self._lines(SYSCTL))
        return {key.strip(): " ".join(value.split()) for key, value in pairs}

    def _current(self, key: str) -> str | None:
        try:
            return " ".join(self._host.path(f"/proc/sys/{key.replace('.', '/')}").read_text().split())
        except OSError:
            return None  # a setting of a module that is not there

    def _set(self) -> None:
        foreign: list[str] = []
        absent: list[str] = []
        for key, value in self._settings().items():
            current = self._current(key)
            if current is None:
                absent.append(key)
            elif current != value:
                try:
                    self._host.path(f"/proc/sys/{key.replace('.', '/')}").write_text(value)
                except OSError as error:
                    if error.errno not in {errno.EROFS, errno.EACCES, errno.EPERM}:
                        raise
                    foreign.append(key)
        self._machine.record(self.name).update(foreign=" ".join(foreign))
        if foreign:
            self._machine.note(self.name, f"the host of this container owns {', '.join(foreign)}: left as they are")
        if absent:
            self._machine.note(self.name, f"this kernel does not have {', '.join(absent)}")

    def _release(self) -> str:
        try:
            return self._host.path("/proc/sys/kernel/osrelease").read_text().strip()
        except OSError:
            return "unknown"

    def _may_load(self) -> bool:
        return self._host.path(f"/lib/modules/{self._release()}").is_dir()

    def _missing_modules(self) -> list[str]:
        builtin = self._host.path(f"/lib/modules/{self._release()}/modules.builtin")
        inside = builtin.read_text().replace("-", "_") if builtin.exists() else ""
        return [
            module
            for module in self._lines(MODULES)
            if not self._host.path(f"/sys/module/{module.replace('-', '_')}").exists()
            and f"/{module.replace('-', '_')}.ko" not in inside
        ]

    def _load_modules(self) -> None:
        missing = self._missing_modules()
        if missing and not self._may_load():
            self._machine.note(self.name, f"this kernel loads no modules; not there as modules: {', '.join(missing)}")
            return
        for module in missing:
            try:
                self._host.commands.run("modprobe", "--", module)
            except CommandFailed as error:
                self._machine.note(self.name, f"module {module} cannot be loaded: {error.said.strip()}")

    def _swaps(self) -> list[str]:
        if self._host.commands.succeeds("systemd-detect-virt", "--container", "--quiet"):
            return []  # /proc/swaps shows the host's, which is not this machine's to turn off
        path = self._host.path("/proc/swaps")
        return [line.split()[0] for line in path.read_text().splitlines()[1:]] if path.exists() else []
