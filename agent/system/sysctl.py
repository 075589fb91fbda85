"""Kernel settings after the next boot: the last file that sets a key wins (sysctl.d(5))."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from agent.system.host import Host

# The same name in an earlier folder hides the later ones; files are read in the order of their names.
FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d")
OVERRIDE = "/etc/sysctl.d/zz-quorate.conf"  # the agent's own file, which is read after all others
INTERFACES = "/proc/sys/net/ipv6/conf"
FORWARDING = "net.ipv6.conf.all.forwarding"


@dataclass(frozen=True, kw_only=True)
class Line:
    """`key` with dots; it may be a pattern. `file` is the path on the machine."""

    key: str
    value: str
    file: str


def parse(text: str, *, file: str) -> Iterator[Line]:
    """The settings of one file."""
    for raw in text.splitlines():
        key, found, value = raw.strip().partition("=")
        if found and key[:1] not in {"#", ";"}:
            yield Line(key=key.strip().lstrip("-").replace("/", "."), value=" ".join(value.split()), file=file)


def at_boot(host: Host, keys: Mapping[str, str], *, without: str = "") -> dict[str, Line]:
    """What the next boot sets for these keys, by key; the file `without` is ignored."""
    found: dict[str, Line] = {}
    for path, file in _files(host):
        if path == without:
            continue
        try:
            lines = list(parse(file.read_text(errors="replace"), file=path))
        except OSError:
            continue  # a broken link
        for line in lines:
            found |= {key: line for key in keys if fnmatchcase(key, line.key)}
    return found


def override(host: Host, wanted: Mapping[str, str], more: Mapping[str, str]) -> str:
    """The text of the agent's own file: keys that other files would set differently at the next boot, and `more`."""
    lines = at_boot(host, wanted, without=OVERRIDE)
    others = {
        key: f"# {line.file} sets {line.value}\n{key} = {wanted[key]}\n"
        for key, line in lines.items()
        if line.value != wanted[key]
    }
    return "".join([*others.values(), *(f"{key} = {value}\n" for key, value in more.items())])


def router_advertisements(host: Host, wanted: Mapping[str, str]) -> dict[str, str]:
    """accept_ra=2 for each interface that gets its default route from router advertisements.

    The kernel ignores them on a machine that forwards, unless it is 2 (Linux: Documentation/networking/ip-sysctl).
    """
    if wanted.get(FORWARDING) != "1":
        return {}
    folder = host.path(INTERFACES)
    names = sorted(path.parent.name for path in folder.glob("*/accept_ra") if path.read_text().strip() in {"1", "2"})
    ours = [
        name
        for name in names
        if name not in {"all", "default", "lo"} and host.path(f"/sys/class/net/{name}/device").exists()
    ]
    return {f"net.ipv6.conf.{name}.accept_ra": "2" for name in ours if "." not in name}


def _files(host: Host) -> list[tuple[str, Path]]:
    chosen: dict[str, tuple[str, Path]] = {}
    for folder in FOLDERS:
        for file in host.path(folder).glob("*.conf"):
            chosen.setdefault(file.name, (f"{folder}/{file.name}", file))
    return [chosen[name] for name in sorted(chosen)]
