"""Encryption at rest in use: the keys that the API server's configuration names, and those that objects need."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from agent.etcd.client import EtcdClient
from agent.etcd.cluster import open_cluster
from agent.kubernetes.kubeadm import API_PORT
from agent.model.wanted import Wanted
from agent.system.commands import CommandFailed
from agent.system.files import digest
from agent.system.host import Host

PATH = "/etc/kubernetes/quorate/encryption.yaml"
ADMINISTRATOR = "/etc/kubernetes/admin.conf"
REGISTRY = "/registry"  # the API server's default --etcd-prefix
IDENTITY = "identity"
# "k8s:enc:<provider>:<version>:<key name>:" is an unencrypted prefix of each object.
_PREFIX = re.compile(rb"k8s:enc:\w+:v\d+:([^:]{1,64}):")
_PROVIDER = re.compile(r"^\s*- (?:(identity): \{\}|name: (\S+))$", re.MULTILINE)
_RESOURCES = re.compile(r"^\s*- resources:\n((?:\s+- [\w.]+\n)+)", re.MULTILINE)
_LOADED = re.compile(
    r'^apiserver_encryption_config_controller_last_config_info\{.*hash="sha256:([0-9a-f]{64})"', re.MULTILINE
)


@dataclass(frozen=True, kw_only=True)
class Providers:
    """Our own document.

    `names`: keys and `identity`, beginning with the one that encrypts new objects; `resources`: the resources that they
    cover.
    """

    names: tuple[str, ...]
    resources: tuple[str, ...]


def providers(text: str) -> Providers:
    """The parsed configuration; empty if it has another form."""
    resources = _RESOURCES.search(text)
    return Providers(
        names=tuple(identity or name for identity, name in _PROVIDER.findall(text)),
        resources=tuple(re.findall(r"- (\S+)", resources.group(1))) if resources else (),
    )


def in_use(etcd: EtcdClient, resources: tuple[str, ...]) -> dict[str, int]:
    """How many objects are stored under each key; `identity` counts those in plain text.

    Raises Unreachable, EtcdRefused. The values come from etcd with a quorum, because the API server would decrypt them.
    """
    return dict(Counter(key for _, key in _stored(etcd, resources)))


def _stored(etcd: EtcdClient, resources: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Each object as `resource/namespace/name`, and the key that it needs."""
    for resource in resources:
        for path, value in etcd.entries(f"{REGISTRY}/{resource.partition('.')[0]}/"):
            prefix = _PREFIX.match(value)
            yield path.removeprefix(f"{REGISTRY}/"), prefix.group(1).decode() if prefix else IDENTITY


def loaded(host: Host, address: str) -> str:
    """SHA-256 of the configuration that this node's API server uses; empty if it does not report one.

    It looks for a changed file once a minute (apiserver's EncryptionConfigFileChangePollDuration).
    """
    server = f"https://{f'[{address}]' if ':' in address else address}:{API_PORT}"
    kubeconfig = f"--kubeconfig={host.path(ADMINISTRATOR)}"
    try:
        metrics = host.commands.run(
            "kubectl", kubeconfig, f"--server={server}", "get", "--raw", "/metrics", timeout=15.0
        )
    except CommandFailed:
        return ""
    said = _LOADED.search(metrics)
    return said.group(1) if said else ""


def report(host: Host, wanted: Wanted) -> dict[str, object]:
    """keys (the active one first), and loaded (whether the API server uses the installed file)."""
    path = host.path(PATH)
    said = providers(path.read_text() if path.exists() else "")
    return {"keys": list(said.names), "loaded": loaded(host, wanted.manifest.address) == digest(path)}


def objects(host: Host, wanted: Wanted) -> dict[str, object]:
    """counts: objects by the key that they need; stale: `resource/namespace/name` of each object that needs a key other
    than the active one. Raises Failed.
    """
    said = providers(host.path(PATH).read_text())
    cluster = open_cluster(host, wanted)
    found = list(_stored(cluster.etcd, said.resources)) if cluster else []
    return {
        "counts": dict(Counter(key for _, key in found)),
        "stale": [path for path, key in found if key != said.names[0]],
    }
