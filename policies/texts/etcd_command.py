"""The options with which etcd is started, wherever they are written."""

import re
from collections.abc import Mapping

from policies.texts.options import etcd_variables, options

_COMMAND = re.compile(r"(?:^|[\s/=\"'])etcd[\"']?\s+[^|;&\n]*--")


def etcd_options(texts: Mapping[str, str]) -> Mapping[str, str]:
    """Options of the etcd that these files start (units, static pods, scripts, environment files); empty: none.

    A variable and an option with the same name: etcd takes the option.
    """
    variables: dict[str, str] = {}
    found: dict[str, str] = {}
    for path, text in texts.items():
        if "ETCD_" in text:
            variables |= {name: value for name, value in etcd_variables(text).items() if name != "api"}
        if "etcd" not in text or "--" not in text:
            continue
        if "kind: Pod" in text and re.search(r"^\s*-\s+etcd\s*$", text, re.MULTILINE):
            found |= options(text)
        for line in text.replace("\\\n", " ").splitlines():
            if _COMMAND.search(line) and not line.lstrip().startswith("#") and not path.endswith(".md"):
                found |= options(line)
    daemon = {"initial-cluster", "listen-peer-urls", "listen-client-urls", "data-dir", "advertise-client-urls"}
    together = {**variables, **found}
    # A client's `etcdctl --cacert=...` or ETCDCTL_ variable does not make a member.
    return together if daemon & set(together) else {}


def members(initial_cluster: str) -> tuple[tuple[str, str], ...]:
    """`a=https://10.0.0.1:2380,b=...` as pairs of name and peer URL."""
    pairs = (entry.partition("=") for entry in initial_cluster.split(",") if entry.strip())
    return tuple((name.strip(), url.strip()) for name, _, url in pairs)
