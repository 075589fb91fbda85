"""Finds the AWS provider's program in the places where Terraform stores it.

The places are Terraform's own ("CLI Configuration: Provider Installation" in its documentation) and, after them, the
mirrors that the image of a CI machine may include as optional software (Filesystem Hierarchy Standard 3.0, 3.13). Each
has unpacked providers as HOST/NAMESPACE/TYPE/VERSION/OS_ARCH/. Nothing is downloaded, and the program is used in place.
"""

import os
import platform
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

VARIABLE = "QUORATE_TERRAFORM_PROVIDER_AWS"
PROGRAM = "terraform-provider-aws"
OPTIONAL_SOFTWARE = Path("/opt")
ABSENT = (
    f"there is neither the official aws plugin nor the Terraform AWS provider: install the plugin, or set {VARIABLE}"
    " to the provider's program or to a folder with an unpacked provider mirror, or name such a mirror in Terraform's"
    " CLI configuration"
)
_MIRROR = re.compile(r'filesystem_mirror\s*\{[^}]*?\bpath\s*=\s*"([^"]+)"', re.DOTALL)
_CACHE = re.compile(r'^\s*plugin_cache_dir\s*=\s*"([^"]+)"', re.MULTILINE)
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def find(environment: Mapping[str, str], *, optional: Path = OPTIONAL_SOFTWARE) -> Path | None:
    """The provider's program: the configured one, or the newest in the first place that has one, or the one on PATH.

    `optional`: the folder with one folder for each piece of optional software.
    """
    named = environment.get(VARIABLE)
    if named and Path(named).is_file():
        return Path(named).resolve()
    for mirror in [Path(named)] if named else _mirrors(environment, optional):
        found = sorted(_unpacked(mirror), key=_version)
        if found:
            return found[-1].resolve()
    on_path = None if named else shutil.which(PROGRAM, path=environment.get("PATH", os.defpath))
    return Path(on_path).resolve() if on_path else None


def _mirrors(environment: Mapping[str, str], optional: Path) -> Iterator[Path]:
    home = Path(environment.get("HOME", "/"))
    configuration = Path(environment.get("TF_CLI_CONFIG_FILE") or home / ".terraformrc")
    if configuration.is_file():
        text = configuration.read_text(encoding="utf-8")
        yield from (Path(_expanded(path, home)) for path in _MIRROR.findall(text) + _CACHE.findall(text))
    if environment.get("TF_PLUGIN_CACHE_DIR"):
        yield Path(environment["TF_PLUGIN_CACHE_DIR"])
    yield home / ".terraform.d" / "plugins"
    data = environment.get("XDG_DATA_HOME") or str(home / ".local" / "share")
    shared = environment.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    yield from (Path(folder) / "terraform" / "plugins" for folder in (data, *shared.split(os.pathsep)))
    yield from sorted(optional.glob("*"))


def _expanded(path: str, home: Path) -> str:
    return re.sub(r"^(~|\$HOME|\$\{HOME\})(?=/|$)", str(home), path)


def _unpacked(mirror: Path) -> Iterator[Path]:
    machine = platform.machine()
    target = f"{platform.system().lower()}_{_ARCHITECTURES.get(machine, machine)}"
    for file in mirror.glob(f"*/hashicorp/aws/*/{target}/{PROGRAM}*"):
        if os.access(file, os.X_OK):
            yield file


def _version(file: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", file.parent.parent.name))
