"""The description of a snapshot, stored next to it: its content, its cluster, and the keys that it needs."""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.model.json_reading import Json, parse
from agent.model.wanted import WantedFile
from agent.system.host import Host

AUTHORITY = "/etc/kubernetes/pki/ca.crt"
ENCRYPTION = "/etc/kubernetes/quorate/encryption.yaml"
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----\s+(.*?)-----END CERTIFICATE-----", re.DOTALL)
# This project writes the document: a key's name is on its own line, and is not a secret.
_KEY_NAME = re.compile(r"^\s*-?\s*\"?name\"?: \"?([a-z0-9-]+)\"?,?$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The keys that a snapshot needs: the SHA-256 of each certificate of the cluster's authority, and the names of
    the keys that objects may be encrypted with."""

    authorities: tuple[str, ...]
    encryption: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Description:
    """`at` is RFC 3339 in UTC, `size` in bytes, `sha256` of the whole file in lower-case hex, `cluster_id` etcd's own
    in hex, `storage` the version of etcd's file format."""

    cluster: str
    node: str
    at: str
    cluster_id: str
    revision: int
    entries: int
    size: int
    sha256: str
    etcd: str
    storage: str
    kubernetes: str
    keys: Keys

    def text(self) -> str:
        """The JSON that is stored beside the snapshot, without secrets."""
        content = {
            "cluster": self.cluster,
            "node": self.node,
            "at": self.at,
            "clusterId": self.cluster_id,
            "revision": self.revision,
            "keys": self.entries,
            "bytes": self.size,
            "sha256": self.sha256,
            "etcdVersion": self.etcd,
            "storageVersion": self.storage,
            "kubernetesVersion": self.kubernetes,
            "authorities": list(self.keys.authorities),
            "encryptionKeys": list(self.keys.encryption),
        }
        return json.dumps(content, indent=2) + "\n"

    def __str__(self) -> str:
        return f"revision {self.revision}, {self.entries} keys, {self.size} bytes, taken on {self.node} at {self.at}"


def read(text: str | bytes, *, at: str) -> Description:
    """Raises Malformed."""
    return from_json(parse(text, at=at))


def from_json(value: Json) -> Description:
    """Raises Malformed."""
    return Description(
        cluster=value["cluster"].text(),
        node=value["node"].text(),
        at=value["at"].text(),
        cluster_id=value["clusterId"].text(),
        revision=value["revision"].number(),
        entries=value["keys"].number(),
        size=value["bytes"].number(),
        sha256=value["sha256"].text(),
        etcd=value["etcdVersion"].text(),
        storage=value["storageVersion"].text(""),
        kubernetes=value["kubernetesVersion"].text(),
        keys=Keys(
            authorities=tuple(one.text() for one in value["authorities"].items()),
            encryption=tuple(one.text() for one in value["encryptionKeys"].items()),
        ),
    )


def keys(host: Host, *, to_come: Sequence[WantedFile] = ()) -> Keys:
    """The keys of this node; with `to_come` the planned ones, because on a new disk none is installed before there is a
    quorum.
    """
    bodies = _PEM.findall(_text(host, to_come, AUTHORITY))
    return Keys(
        authorities=tuple(hashlib.sha256(base64.b64decode(body)).hexdigest() for body in bodies),
        encryption=tuple(dict.fromkeys(_KEY_NAME.findall(_text(host, to_come, ENCRYPTION)))),
    )


def _text(host: Host, to_come: Sequence[WantedFile], path: str) -> str:
    try:
        return host.path(path).read_text()
    except OSError:
        return next((file.content().decode() for file in to_come if file.path == path), "")
