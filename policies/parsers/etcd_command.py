"""The options with which etcd is started."""

from collections.abc import Mapping

from policies.parsers.commands import command_options
from policies.parsers.options import etcd_variables

# A client's `etcdctl --cacert=...` or an ETCDCTL_ variable does not make a member.
DAEMON = frozenset({"initial-cluster", "listen-peer-urls", "listen-client-urls", "data-dir", "advertise-client-urls"})


def etcd_options(texts: Mapping[str, str]) -> Mapping[str, str]:
    """Options of the etcd that these files start (units, static pods, scripts, environment files); empty: none.

    A variable and an option with the same name: etcd takes the option.
    """
    variables: dict[str, str] = {}
    for text in texts.values():
        if "ETCD_" in text:
            variables |= etcd_variables(text)
    together = {**variables, **command_options(texts, "etcd")}
    return together if DAEMON & set(together) else {}


def members(initial_cluster: str) -> tuple[tuple[str, str], ...]:
    """`a=https://10.0.0.1:2380,b=...` as pairs of name and peer URL."""
    pairs = (entry.partition("=") for entry in initial_cluster.split(",") if entry.strip())
    return tuple((name.strip(), url.strip()) for name, _, url in pairs)
