"""HAProxy's configuration file as sections of words."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from policies.addresses import is_port

SECTIONS = frozenset(
    [
        "global",
        "defaults",
        "frontend",
        "backend",
        "listen",
        "resolvers",
        "userlist",
        "peers",
        "program",
        "cache",
        "ring",
    ]
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Section:
    """A section, such as `frontend api`, and the words of each of its lines."""

    kind: str
    name: str
    lines: tuple[tuple[str, ...], ...]

    def of(self, *words: str) -> Iterator[tuple[str, ...]]:
        """Lines that begin with these words."""
        return (line for line in self.lines if line[: len(words)] == words)

    def has(self, *words: str) -> bool:
        """Whether a line begins with these words."""
        return any(self.of(*words))


@dataclass(frozen=True, kw_only=True)
class Server:
    """A backend's server: address and port, and the words after them together with `default-server`'s."""

    name: str
    address: str
    port: int
    words: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Haproxy:
    """All sections in order."""

    sections: tuple[Section, ...]

    def of(self, *kinds: str) -> tuple[Section, ...]:
        """Sections of these kinds."""
        return tuple(section for section in self.sections if section.kind in kinds)

    def said(self, section: Section, *words: str) -> bool:
        """Whether the section, or `defaults`, has a line that begins with these words."""
        return section.has(*words) or any(d.has(*words) for d in self.of("defaults"))

    def tcp(self, section: Section) -> bool:
        """Whether the section passes bytes through. HAProxy's own default is tcp."""
        modes = [line[1] for s in (*self.of("defaults"), section) for line in s.of("mode") if len(line) > 1]
        return not modes or modes[-1] == "tcp"

    def binds(self, section: Section) -> Iterator[tuple[str, int, tuple[str, ...]]]:
        """Address, port and options of each bind."""
        for line in section.of("bind"):
            for place in line[1].split(",") if len(line) > 1 else ():
                address, _, port = place.rpartition(":")
                if is_port(port):
                    yield address, int(port), line[2:]

    def servers(self, section: Section) -> tuple[Server, ...]:
        """Every server with a numeric port."""
        if section not in self._servers:
            self._servers[section] = self._read(section)
        return self._servers[section]

    @cached_property
    def _servers(self) -> dict[Section, tuple[Server, ...]]:
        """The servers, parsed once."""
        return {}

    def _read(self, section: Section) -> tuple[Server, ...]:
        lines = [line for part in (*self.of("defaults"), section) for line in part.of("default-server")]
        defaults = tuple(word for line in lines for word in line[1:])
        found = []
        for line in section.of("server"):
            address, _, port = (line[2] if len(line) > 2 else "").rpartition(":")  # noqa: PLR2004 -- server NAME PLACE
            if is_port(port):
                found.append(
                    Server(name=line[1], address=address.strip("[]"), port=int(port), words=(*defaults, *line[3:]))
                )
        return tuple(found)

    def api_backends(self) -> tuple[Section, ...]:
        """Backends (or listen sections) that lead to API servers: those with a server on 6443."""
        return tuple(
            section
            for section in self.of("backend", "listen")
            if any(server.port == 6443 for server in self.servers(section))  # noqa: PLR2004 -- kube-apiserver's port
        ) or tuple(section for section in self.of("backend", "listen") if self.servers(section))

    def frontends(self, backend: Section) -> tuple[Section, ...]:
        """Where clients of a backend arrive."""
        if backend.kind == "listen":
            return (backend,)
        return tuple(
            front
            for front in self.of("frontend")
            if any(line[1:2] == (backend.name,) for line in (*front.of("default_backend"), *front.of("use_backend")))
        )


@lru_cache(maxsize=256)  # evidence and rules read the same documents
def haproxy(text: str) -> Haproxy:
    """Parse a configuration. Lines before the first section are dropped."""
    sections: list[tuple[str, str, list[tuple[str, ...]]]] = []
    for line in text.splitlines():
        words = tuple(line.split("#", 1)[0].split())
        if not words:
            continue
        if words[0] in SECTIONS and not line[:1].isspace():
            sections.append((words[0], words[1] if len(words) > 1 else "", []))
        elif sections:
            sections[-1][2].append(words)
    return Haproxy(sections=tuple(Section(kind=k, name=n, lines=tuple(ls)) for k, n, ls in sections))
