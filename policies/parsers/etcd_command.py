"""The options with which etcd is started: flags, environment variables, or its own YAML file."""

import re
from collections.abc import Mapping
from functools import lru_cache

from policies.parsers.commands import IN_CONTAINERS, invocations
from policies.parsers.yaml_documents import stream
from policies.parsers.yaml_values import Unreadable
from policies.properties import Value, written

LISTS = 64  # member lists that are kept: several rules read the list of one machine
# A client's `etcdctl --cacert=...` or an ETCDCTL_ variable does not make a member.
DAEMON = frozenset(
    {
        "data-dir",
        "initial-cluster",
        "listen-peer-urls",
        "listen-client-urls",
        "initial-advertise-peer-urls",
        "advertise-client-urls",
    }
)
_VARIABLE = re.compile(r"(?<![A-Z_])ETCD_([A-Z0-9_]{2,60})=(\"[^\"\n]*\"|'[^'\n]*'|[^\s\"']*)")
_SECTIONS = {"client-transport-security": "", "peer-transport-security": "peer-"}


def etcd_options(texts: Mapping[str, str]) -> Mapping[str, str]:
    """Options of the etcd that these files start; empty if none is started.

    Options win over variables; with `--config-file`, etcd reads only the file.
    """
    variables: dict[str, str] = {}
    flags: dict[str, str] = {}
    for text in texts.values():
        if "ETCD_" in text:
            variables |= etcd_variables(text)
    for invocation in invocations(texts, "etcd"):
        given = invocation.options
        if DAEMON & set(given) or "config-file" in given:
            flags |= given
    path = flags.get("config-file") or variables.get("config-file", "")
    configured = _configured({path: texts[path]} if path in texts else texts) if path or not flags else {}
    together = {**variables, **flags, **configured}
    return together if DAEMON & set(together) else {}


def etcd_variables(text: str) -> Mapping[str, str]:
    """etcd's environment variables under the names of its options: ETCD_INITIAL_CLUSTER is `initial-cluster`."""
    return {name.lower().replace("_", "-"): value.strip("\"'") for name, value in _VARIABLE.findall(text)}


def _configured(texts: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts.values():
        if "initial-cluster" not in text or any(f"{name}:" in text for name in (*IN_CONTAINERS, "ExecStart")):
            continue
        try:
            documents = stream(text)
        except Unreadable:
            continue
        for document in documents:
            if (DAEMON - {"data-dir"}) & set(document):
                found |= _flat(document)
    return found


def _flat(document: Mapping[str, Value]) -> dict[str, str]:
    found = {name: _text(value) for name, value in document.items() if not isinstance(value, dict)}
    for section, prefix in _SECTIONS.items():
        inner = document.get(section)
        for name, value in inner.items() if isinstance(inner, dict) else ():
            found[f"{prefix}{name}"] = _text(value)
    return {name: value for name, value in found.items() if value}


def _text(value: Value) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return written(value)


@lru_cache(maxsize=LISTS)
def members(initial_cluster: str) -> tuple[tuple[str, str], ...]:
    """`a=https://10.0.0.1:2380,b=...` as pairs of name and peer URL."""
    pairs = (entry.partition("=") for entry in initial_cluster.split(",") if entry.strip())
    return tuple((name.strip(), url.strip()) for name, _, url in pairs)
