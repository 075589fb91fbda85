"""Downloads the distribution packages of nodes from signed repositories, with apt and without root.

A release's packages are resolved in a separate apt root, so neither this computer's packages nor its processor
matter. Another release of the same distribution comes from the repositories that this computer uses; a release of
another distribution needs a sources.list(5) file.
"""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from provider.local.machines.store import PackageFile
from workbench.progress import Failure

# ID-VERSION_ID of os-release(5), and the distribution's own name of the suite.
SUITES = {"debian-12": "bookworm", "debian-13": "trixie", "ubuntu-24.04": "noble"}
KEYRINGS = {
    "debian": "/usr/share/keyrings/debian-archive-keyring.gpg",
    "ubuntu": "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
}
# In every cloud image, so the store leaves it out: it boots, and cloud-init and sshd run.
BASE = ("usr-is-merged", "apt", "systemd-sysv", "udev", "e2fsprogs", "openssh-server", "python3")
# kube-proxy's image has this program and the libraries that it loads.
INSIDE_IMAGES = "nftables"


class Apt:
    """apt with its own root, for one release and processor (`amd64`, `arm64`)."""

    def __init__(self, folder: Path, release: str, architecture: str, sources: Path | None = None) -> None:
        self._folder, self._release, self._root = folder, release, folder / "apt"
        self._options = [
            *("-o", f"Dir={self._root}", "-o", f"Dir::State::status={self._root}/status"),
            *("-o", f"APT::Architecture={architecture}", "-o", f"APT::Architectures={architecture}"),
            *("-o", "APT::Sandbox::User=", "-o", "Debug::NoLocking=1"),
        ]
        for part in ("etc/apt/sources.list.d", "etc/apt/preferences.d", "etc/apt/trusted.gpg.d", "etc/apt/apt.conf.d"):
            (self._root / part).mkdir(parents=True, exist_ok=True)
        for part in ("var/lib/apt/lists/partial", "var/cache/apt/archives/partial"):
            (self._root / part).mkdir(parents=True, exist_ok=True)
        (self._root / "status").touch()
        text = sources.read_text(encoding="utf-8") if sources else _own_sources(release)
        (self._root / "etc/apt/sources.list.d/quorate.list").write_text(text, encoding="utf-8")

    def packages(self, names: Sequence[str], *, refresh: bool = False) -> tuple[PackageFile, ...]:
        """Every package of `names` and what it depends on beyond `BASE`, downloaded once. Raises `Failure`.

        `refresh`: download again, for security updates.
        """
        kept = self._folder / "packages.json"
        key = [*sorted(names), *BASE]
        if not refresh and kept.exists():
            known = json.loads(kept.read_text(encoding="utf-8"))
            if known["key"] == key and (found := self._files(known["packages"])):
                return found
        self._run("apt-get", "-qq", "update")
        base = self._closure(BASE)
        closures = {name: self._closure((*BASE, name)) for name in names}
        needed: dict[str, list[str]] = {}
        for name, closure in closures.items():
            for package in closure.keys() - (base.keys() - {name}):
                needed.setdefault(package, []).append(name)
        versions = {name: version for closure in closures.values() for name, version in closure.items()}
        files = self._download(self._folder / "files", {name: versions[name] for name in needed})
        listed = [
            {"name": n, "version": versions[n], "file": files[n].name, "needed_by": " ".join(sorted(by))}
            for n, by in sorted(needed.items())
        ]
        kept.write_text(json.dumps({"key": key, "packages": listed}), encoding="utf-8")
        return self._files(listed)

    def _files(self, listed: Sequence[Mapping[str, str]]) -> tuple[PackageFile, ...]:
        """The downloaded files; empty if one is missing."""
        found = tuple(
            PackageFile(
                file=self._folder / "files" / package["file"],
                release=self._release,
                name=package["name"],
                version=package["version"],
                needed_by=tuple(package["needed_by"].split()),
            )
            for package in listed
        )
        return found if all(package.file.is_file() for package in found) else ()

    def root(self) -> Path:
        """A folder with the unpacked files of `INSIDE_IMAGES` and its dependencies. Raises `Failure`."""
        made = self._folder / "root"
        if made.is_dir():
            return made
        self._run("apt-get", "-qq", "update")
        draft = self._folder / "root.draft"
        shutil.rmtree(draft, ignore_errors=True)
        # Packages for merged-/usr systems may still contain /lib; the links redirect it as on a machine.
        for name in ("bin", "sbin", "lib", "lib64"):
            (draft / "usr" / name).mkdir(parents=True)
            (draft / name).symlink_to(f"usr/{name}")
        for file in self._download(self._folder / "inside", self._closure((INSIDE_IMAGES,))).values():
            content = subprocess.run(["dpkg-deb", "--fsys-tarfile", file], capture_output=True, check=True).stdout
            subprocess.run(["tar", "-xf", "-", "--keep-directory-symlink", "-C", draft], input=content, check=True)
        draft.rename(made)
        return made

    def _closure(self, names: Sequence[str]) -> Mapping[str, str]:
        """Version by name of everything that an empty machine would install."""
        said = self._run("apt-get", "--simulate", "--no-install-recommends", "install", *names)
        words = [line.split() for line in said.splitlines() if line.startswith("Inst ")]
        return {line[1]: line[2].removeprefix("(") for line in words}

    def _download(self, folder: Path, versions: Mapping[str, str]) -> Mapping[str, Path]:
        folder.mkdir(parents=True, exist_ok=True)
        self._run("apt-get", "-qq", "download", *(f"{n}={v}" for n, v in versions.items()), at=folder)
        found = {file.name.split("_")[0]: file for file in folder.glob("*.deb")}
        wanted = {f"{name}_{version.replace(':', '%3a')}_" for name, version in versions.items()}
        for file in folder.glob("*.deb"):  # files of an earlier download
            if not any(file.name.startswith(start) for start in wanted):
                file.unlink()
        found = {file.name.split("_")[0]: file for file in folder.glob("*.deb")}
        return {name: found[name] for name in versions}

    def _run(self, program: str, *arguments: str, at: Path | None = None) -> str:
        try:
            done = subprocess.run(
                [program, *self._options, *arguments], cwd=at, capture_output=True, text=True, check=False
            )
        except FileNotFoundError as error:
            message = f"packages of {self._release} are downloaded by apt, and this computer has no {program}"
            raise Failure(message) from error
        if done.returncode != 0:
            last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-5:])
            message = f"the packages of {self._release} cannot be downloaded: {last}"
            raise Failure(message)
        return done.stdout


def _own_sources(release: str) -> str:
    """The repositories of this computer's distribution, with the suites of `release` instead of its own."""
    own = platform()
    distribution = release.partition("-")[0]
    if own.get("ID") != distribution:
        message = f"this computer is not a {distribution}, so packages of {release} need --sources with a sources.list"
        raise Failure(message)
    shape = "$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)"
    try:
        said = subprocess.run(
            ["apt-get", "indextargets", "--format", shape, "Identifier: Packages"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        message = "apt cannot list the repositories of this computer; run `apt-get update` first"
        raise Failure(message) from error
    lines = set()
    for uri, suite, component, origin in (line.split() for line in said.splitlines() if len(line.split()) == 4):  # noqa: PLR2004
        if origin.lower() == distribution and suite.startswith(own["VERSION_CODENAME"]):
            moved = suite.replace(own["VERSION_CODENAME"], SUITES[release], 1)
            lines.add(f"deb [signed-by={KEYRINGS[distribution]}] {uri} {moved} {component}\n")
    if not lines:
        message = f"apt knows no repository of {distribution} on this computer; run `apt-get update` first"
        raise Failure(message)
    return "".join(sorted(lines))


def platform() -> dict[str, str]:
    """This computer's os-release(5)."""
    lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("=", 1) for line in lines if "=" in line)
    return {key: json.loads(value) if value.startswith('"') else value for key, value in pairs}
