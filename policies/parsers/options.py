"""Command-line options and environment files of daemons."""

import re
from collections.abc import Mapping

_OPTION = re.compile(r"(?<![\w-])--([a-z][a-z0-9-]*)(?:[=\s]\s*(\"[^\"]*\"|'[^']*'|[^\s\"'\\-][^\s\"'\\]*))?")
_VARIABLE = re.compile(r"^\s*(?:-\s+|export\s+|Environment=)?[\"']?(ETCD_[A-Z0-9_]+)=(.*)$", re.MULTILINE)


def options(text: str) -> Mapping[str, str]:
    """`--name=value` and `--name value` anywhere in a text; an option without a value is 'true'. The last one wins."""
    joined = text.replace("\\\n", " ")
    return {name: value.strip("\"'") or "true" for name, value in _OPTION.findall(joined)}


def etcd_variables(text: str) -> Mapping[str, str]:
    """etcd's environment variables under the names of its options: ETCD_INITIAL_CLUSTER is `initial-cluster`."""
    found = {}
    for name, value in _VARIABLE.findall(text):
        found[name.removeprefix("ETCD_").lower().replace("_", "-")] = value.strip().strip("\"'")
    return found
