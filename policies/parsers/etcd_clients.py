"""Programs that keep their state in etcd: Kubernetes is one of many (Patroni, Vault and APISIX are others)."""

import re
from collections.abc import Iterator, Mapping

from policies.parsers.limits import DOCUMENT
from policies.parsers.recognition import is_haproxy, is_stream
from policies.parsers.shell import logical_lines

_KUBERNETES = re.compile(r"kube|k8s", re.IGNORECASE)
# etcd's own options, the commands of an operator, and what only watches etcd.
_NOT_A_CLIENT = (
    "peer-urls",
    "PEER_URLS",
    "client-urls",
    "CLIENT_URLS",
    "etcdctl",
    "ETCDCTL",
    "etcdutl",
    "scrape_configs",
)
_PORT = re.compile(r"[\w.\]-]:(?:2379|4001)\b")  # etcd documentation: client port, and the one before 2.0
# In a script, a start that gets etcd's address as an option; an assignment alone may be an operator's.
_START = re.compile(r"\b(?:docker|podman|nerdctl)\b.*\brun\b|--[\w.-]*etcd[\w.-]*[= ]")


def speaks_of_kubernetes(texts: Mapping[str, str]) -> bool:
    """Whether a document of a machine names Kubernetes or a part of it, in whatever spelling."""
    return any(_KUBERNETES.search(text[:DOCUMENT]) for text in texts.values())


def asks_etcd(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Path and line where a program other than etcd, its tools and its balancers is given etcd's address."""
    for path, text in texts.items():
        if not _PORT.search(text[:DOCUMENT]) or is_haproxy(text) or is_stream(text):
            continue
        file = path.startswith("/") and not text.startswith("#!")
        if file and any(word in text for word in _NOT_A_CLIENT):
            continue
        for line in logical_lines(text[:DOCUMENT]):
            if _PORT.search(line) and not any(word in line for word in _NOT_A_CLIENT) and (file or _START.search(line)):
                yield path, line.strip()
