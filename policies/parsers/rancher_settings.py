"""Settings of RKE2 and k3s servers: their files, command lines and installers.

Sources: docs.rke2.io and docs.k3s.io, "server configuration reference" and "configuration file".
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policies.parsers.commands import invocations, options, split
from policies.parsers.limits import DOCUMENT
from policies.parsers.yaml_documents import stream
from policies.parsers.yaml_values import Unreadable
from policies.properties import written

_CONFIG = re.compile(r"/etc/rancher/(?:k3s|rke2)/config\.ya?ml(?:\.d/[^/]+\.ya?ml)?")
_MARKS = ("k3s", "rke2", "/etc/rancher/")
_VERSION = re.compile(r"INSTALL_(?:K3S|RKE2)_VERSION=[\"']?v?([0-9][\w.+-]{0,40})")
_CHANNEL = re.compile(r"INSTALL_(?:K3S|RKE2)_CHANNEL=[\"']?([\w.-]{1,40})")
_INSTALLED = re.compile(r"get\.(?:k3s|rke2)\.io")
_EXEC = re.compile(r"INSTALL_K3S_EXEC=(\"[^\"\n]{0,4000}\"|'[^'\n]{0,4000}'|[^\s\"']{1,400})")
_PIPED = re.compile(r"get\.k3s\.io[^\n]{0,400}?\bsh[ \t]+-s[ \t]+(?:-[ \t]+)?([^\n|;&]{1,4000})")
_RKE2_SERVER = re.compile(r"rke2-server|INSTALL_RKE2_TYPE=[\"']?server|\brke2[ \t]+server\b")
_AGENT = re.compile(r"rke2-agent|INSTALL_RKE2_TYPE=[\"']?agent|k3s-agent|\bk3s[ \t]+agent\b")
# Settings that agents do not have.
_OF_SERVERS = frozenset({"cluster-init", "tls-san", "cluster-cidr", "service-cidr", "kube-apiserver-arg", "disable"})
STABLE = "stable"  # the installers' default channel


@dataclass(frozen=True, kw_only=True)
class Server:
    """One server. `where`: the document that configures it; `release`: of Kubernetes, '' if nothing is installed."""

    where: str
    product: str  # k3s or rke2
    settings: Mapping[str, list[str]]
    release: str

    def last(self, name: str, missing: str = "") -> str:
        """The setting that counts."""
        return next((value for value in reversed(self.settings.get(name, [])) if value), missing)

    def flag(self, name: str) -> bool:
        """A setting that is on or off; off by default."""
        return self.last(name) == "true"

    def pairs(self, name: str) -> dict[str, str]:
        """A setting with options of a component: `a=b` once or several times."""
        entries = (text.lstrip("-").partition("=") for text in self.settings.get(name, []))
        return {key: value for key, _, value in entries if key}

    @property
    def names(self) -> list[str]:
        """Names and addresses that its certificate gets besides its own."""
        return [name.strip() for text in self.settings.get("tls-san", []) for name in text.split(",") if name.strip()]

    @property
    def joins(self) -> bool:
        """Whether it joins another server."""
        return "server" in self.settings and not self.flag("cluster-init")

    @property
    def encrypts(self) -> bool:
        """RKE2 encrypts Secrets unless it is switched off, k3s only if it is switched on."""
        return self.last("secrets-encryption", str(self.product == "rke2").lower()) == "true"

    @property
    def has_etcd(self) -> bool:
        """Whether a member runs inside: not with a database, and not in a k3s that is alone with SQLite."""
        alone = self.product == "k3s" and not {"cluster-init", "server"} & set(self.settings)
        return "datastore-endpoint" not in self.settings and not alone


def server(texts: Mapping[str, str]) -> Server | None:
    """The server that these texts start, or None."""
    if not any(mark in text or mark in path for path, text in texts.items() for mark in _MARKS):
        return None
    read = {path: text[:DOCUMENT].replace("\\\n", " ") for path, text in texts.items()}
    found = _server(read)
    if found is None:
        return None
    where, settings, product = found
    return Server(where=where, product=product, settings=settings, release=_release("\n".join(read.values())))


def _release(everything: str) -> str:
    """What the installer fetches: v1.36.3 of v1.36.3+rke2r1, or a channel, which moves."""
    if exact := _VERSION.search(everything):
        return f"v{exact[1].partition('+')[0].partition('-')[0]}"
    channel = _CHANNEL.search(everything)
    return channel[1] if channel else STABLE if _INSTALLED.search(everything) else ""


def _server(texts: Mapping[str, str]) -> tuple[str, dict[str, list[str]], str] | None:
    """Where the server is configured, its settings, and which product it is."""
    settings: dict[str, list[str]] = {}
    where = product = ""
    for path, text in sorted(texts.items()):
        if _CONFIG.fullmatch(path):
            where, product = where or path, "rke2" if "/rke2/" in path else "k3s"
            _merge(settings, text)
    everything = "\n".join(texts.values())
    agent = bool(_AGENT.search(everything))
    proven = bool(_RKE2_SERVER.search(everything)) or (bool(_OF_SERVERS & set(settings)) and not agent)
    for program, path, words in _started(texts):
        product, where, proven = program, where or path, True
        for key, value in options(words):
            settings.setdefault(key, []).append(value)
    if not where and proven:
        where, product = next(path for path, text in texts.items() if _RKE2_SERVER.search(text)), "rke2"
    return (where, settings, product) if proven else None


def _started(texts: Mapping[str, str]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Product, document and words of every command line that starts or installs a server."""
    for program in ("k3s", "rke2"):
        for call in invocations(texts, program):
            if call.words[:1] == ("server",):
                yield program, call.path, call.words[1:]
    for path, text in texts.items():
        if "get.k3s.io" not in text:
            continue
        lines = [found[1].strip("\"'") for pattern in (_EXEC, _PIPED) for found in pattern.finditer(text)]
        words = tuple(word for line in lines for word in split(line))
        # Without an explicit command, the installer makes an agent of a machine that gets a server's URL.
        if "agent" not in words[:1] and ("server" in words[:1] or "K3S_URL=" not in text):
            yield "k3s", path, words[1:] if words[:1] == ("server",) else words


def _merge(settings: dict[str, list[str]], text: str) -> None:
    try:
        documents = stream(text)
    except Unreadable:
        return
    for document in documents:
        for key, value in document.items():
            listed = [written(item) for item in (value if isinstance(value, list) else [value])]
            name = key.removesuffix("+")
            settings[name] = [*settings.get(name, []), *listed] if key.endswith("+") else listed
