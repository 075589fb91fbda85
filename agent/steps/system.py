"""The operating system: files, names, kernel modules and settings, no swap; now and after the next boot."""

import errno
import re

from agent.model.difference import Difference
from agent.model.failure import NotHealthy
from agent.model.step import Step
from agent.system import cloud_init, swap, sysctl
from agent.system.commands import CommandFailed
from agent.system.files import install
from agent.system.machine import Machine

BEGIN, END = "# quorate: begin", "# quorate: end"
_BLOCK = re.compile(rf"^{BEGIN}\n.*?^{END}\n", re.DOTALL | re.MULTILINE)
SYSCTL, MODULES = "/etc/sysctl.d/", "/etc/modules-load.d/"


def without_block(hosts: str) -> str:
    """The content of a hosts file without the cluster's names."""
    return _BLOCK.sub("", hosts)


class SystemStep(Step):
    """Kernel settings that this machine cannot change (a container's host owns them) are reported and do not fail the
    step.
    """

    name = "system"

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._host = machine.host
        self._files = machine.files(self.name)

    def differences(self) -> list[Difference]:
        """Files, names, kernel settings and modules, swap; also their state after the next boot."""
        found = [*self._files.differences(), *self._at_boot()]
        if self._hosts_text() != self._hosts_wanted():
            found.append(self._differs("/etc/hosts", "the cluster's names", "others"))
        for key, value in self._settings().items():
            if key not in self._foreign() and (current := self._current(key)) not in {None, value}:
                found.append(self._differs(key, value, current or "nothing"))
        if self._may_load():
            found += [self._differs(f"module {m}", "loaded", "not loaded") for m in self._missing_modules()]
        if swaps := swap.in_use(self._host):
            found.append(self._differs("swap", "off", f"on: {', '.join(swaps)}"))
        return found

    def _at_boot(self) -> list[Difference]:
        settings = {key: value for key, value in self._settings().items() if key not in self._foreign()}
        found = [
            self._differs(f"{key} after a reboot", settings[key], f"{line.value}, set by {line.file}")
            for key, line in sysctl.at_boot(self._host, settings).items()
            if line.value != settings[key] and line.file not in self._own
        ]
        if not found and self._override_text() != self._override():
            found.append(self._differs(sysctl.OVERRIDE, "settings that other files would change", "others"))
        found += [self._differs("swap after a reboot", "off", why) for why in swap.at_boot(self._host)]
        if self._hosts_wanted() != without_block(self._hosts_text()) and (
            file := cloud_init.rewrites_hosts(self._host)
        ):
            found.append(
                self._differs("/etc/hosts after a reboot", "kept", f"written by cloud-init, because of {file}")
            )
        return found

    def apply(self) -> None:
        """Write files and names, set the kernel, turn swap off."""
        changed = self._files.install()
        if any(path.startswith("/etc/systemd/") for path in changed):
            self._machine.services.reread()
        if self._hosts_text() != self._hosts_wanted():
            install(self._host.path("/etc/hosts"), self._hosts_wanted().encode(), mode=0o644)
        if cloud_init.rewrites_hosts(self._host):
            install(self._host.path(cloud_init.OWN), cloud_init.OWN_TEXT.encode(), mode=0o644)
        self._load_modules()
        self._set()
        self._keep()
        if swap.in_use(self._host) or swap.at_boot(self._host):
            swap.turn_off(self._host)

    def verify(self) -> None:
        """Report settings that another file would undo at the next boot; there is no program to check."""
        if left := self._at_boot():
            raise NotHealthy(f"the next boot would undo it: {left[0]}")

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
        lines = [
            line
            for file in self._machine.wanted.of(self.name)
            if file.path.startswith(SYSCTL)
            for line in sysctl.parse(file.content().decode(), file=file.path)
        ]
        wanted = {line.key: line.value for line in lines}
        return wanted | sysctl.router_advertisements(self._host, wanted)

    @property
    def _own(self) -> frozenset[str]:
        return frozenset(file.path for file in self._machine.wanted.of(self.name))

    def _foreign(self) -> list[str]:
        return self._machine.record(self.name).read().get("foreign", "").split()

    def _override(self) -> str:
        settings = {key: value for key, value in self._settings().items() if key not in self._foreign()}
        return sysctl.override(self._host, settings, sysctl.router_advertisements(self._host, settings))

    def _override_text(self) -> str:
        path = self._host.path(sysctl.OVERRIDE)
        return path.read_text() if path.exists() else ""

    def _keep(self) -> None:
        """Keep the current settings after the next boot, regardless of other files."""
        path, text = self._host.path(sysctl.OVERRIDE), self._override()
        if not text:
            path.unlink(missing_ok=True)
        elif text != self._override_text():
            install(path, text.encode(), mode=0o644)

    def _current(self, key: str) -> str | None:
        try:
            return " ".join(self._host.path(f"/proc/sys/{key.replace('.', '/')}").read_text().split())
        except OSError:
            return None  # a setting of a module that is not loaded

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
            self._machine.note(self.name, f"the host of this container owns {', '.join(foreign)}: not changed")
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
            self._machine.note(self.name, f"this kernel does not load modules; missing: {', '.join(missing)}")
            return
        for module in missing:
            try:
                self._host.commands.run("modprobe", "--", module)
            except CommandFailed as error:
                self._machine.note(self.name, f"module {module} cannot be loaded: {error.said.strip()}")
