"""The distribution's and Kubernetes' package repositories, as the administrator has set them up on this machine."""

from collections.abc import Sequence
from typing import Literal

from agent.model.failure import Failed
from agent.model.wanted import Manifest, Package
from agent.system.commands import CommandFailed, Commands

KUBERNETES = ("kubeadm", "kubelet", "kubectl")
BALANCER: dict[str | None, tuple[str, ...]] = {
    "haproxy": ("haproxy",),
    "nginx": ("nginx-light", "libnginx-mod-stream"),
    None: (),
}
# haproxy, keepalived and chrony are not held: their security updates shall arrive.
LOCK_PATIENCE = ("-o", "DPkg::Lock::Timeout=300")
ABSENT: Literal["not installed"] = "not installed"


def packages(manifest: Manifest) -> tuple[Package, ...]:
    """What a machine of that role needs; nothing where a store is the source.

    Versions are prefixes, because a repository adds its own revision: 1.36.3 stands for 1.36.3-1.1.
    """
    if manifest.store is not None:
        return ()
    front = (*BALANCER[manifest.balancer], *(("keepalived", "curl") if manifest.virtual_ip else ()))
    own: tuple[Package, ...] = ()
    if manifest.role == "control-plane":
        own = (
            *(Package(name=name, version=manifest.kubernetes_version, held=True) for name in KUBERNETES),
            Package(name="etcd-server", version=manifest.etcd_version, held=True),
            Package(name="containerd", version=None, held=True),
        )
    if manifest.role == "worker":
        own = (
            Package(name="kubelet", version=manifest.kubernetes_version, held=True),
            Package(name="containerd", version=None, held=True),
        )
    return (*own, *(Package(name=name, version=None, held=False) for name in ("chrony", "nftables", *front)))


class Repository:
    """apt and dpkg."""

    def __init__(self, commands: Commands) -> None:
        self._commands = commands

    def installed(self, wanted: Sequence[Package]) -> dict[str, str]:
        """The version of each package, or "not installed"."""
        shape = "--showformat=${Package} ${db:Status-Abbrev}${Version}\n"
        found = dict.fromkeys((package.name for package in wanted), str(ABSENT))
        for package in wanted:  # one by one: dpkg-query fails as a whole for one unknown name
            try:
                words = self._commands.run("dpkg-query", "--show", shape, package.name).split()
            except CommandFailed:
                continue
            if len(words) == 3 and words[1] in {"ii", "hi"}:  # noqa: PLR2004  name, state, version
                found[package.name] = words[2]
        return found

    def outdated(self, wanted: Sequence[Package]) -> list[tuple[Package, str]]:
        """Packages that are missing or have another version, with what was found."""
        installed = self.installed(wanted)
        return [(p, installed[p.name]) for p in wanted if not _fits(p, installed[p.name])]

    def install(self, missing: Sequence[Package]) -> None:
        """Install exactly those versions and hold what is to be held. Raises Failed."""
        pinned = [f"{p.name}={p.version}*" if p.version else p.name for p in missing]
        try:
            self._commands.run("apt-get", *LOCK_PATIENCE, "update", timeout=600.0)
            self._commands.run(
                "env",
                "DEBIAN_FRONTEND=noninteractive",
                "apt-get",
                *LOCK_PATIENCE,
                "install",
                "--yes",
                "--no-install-recommends",
                "--allow-change-held-packages",
                "--allow-downgrades",
                "-o",
                "Dpkg::Options::=--force-confold",  # the files are ours, before and after
                *pinned,
                timeout=1800.0,
            )
        except CommandFailed as error:
            raise Failed(
                f"the packages {', '.join(pinned)} cannot be installed: {error.said.strip()[-600:]}. "
                "Is a repository with these versions set up on the machine?"
            ) from error
        if held := [package.name for package in missing if package.held]:
            self._commands.run("apt-mark", "hold", *held)


def _fits(package: Package, found: str) -> bool:
    if found == ABSENT or package.version is None:
        return found != ABSENT
    rest = found.removeprefix(package.version)
    return rest != found and not rest[:1].isdigit()
