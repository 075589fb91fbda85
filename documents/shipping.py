"""How a node's files travel on AWS: rendered documents as an object, issued files in a secret.

The secret names the object and the agent by their digests. A principal that can write to the bucket, but not to the
secret, cannot bring a file or a program onto a machine, and different versions of object and secret are never combined.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from documents.file import File, Step

LARGEST_SECRET = 65_536  # bytes (Secrets Manager quotas)


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A file that was created while the program ran: a certificate, a key or a kubeconfig."""

    path: str
    mode: int
    step: Step
    content: str
    secret: bool


def documents_object(*, manifest: str, files: Sequence[File]) -> str:
    """A node's manifest and documents as JSON; stable, and known in a preview."""
    listed = [
        {"path": file.path, "mode": file.mode, "step": file.step, "content": file.content}
        for file in sorted(files, key=lambda file: file.path)
    ]
    return json.dumps({"manifest": manifest, "files": listed}, indent=1) + "\n"


def wanted_digest(secret: str) -> str:
    """The digest that a converged node reports: the SHA-256 of its secret's text, which names everything else."""
    return hashlib.sha256(secret.encode()).hexdigest()


def secret_text(*, documents_text: str, agent: str, issued: Mapping[str, Issued]) -> str:
    """The secret's text. `agent` is the SHA-256 of the agent. ValueError when Secrets Manager would refuse its size.

    Compressed, because kubeconfigs repeat certificates in base64: with long certificates the plain text is too long.
    Base85 takes 6 % less than base64; this leaves room for one more certificate of the longest kind.
    """
    files = [
        {"path": file.path, "mode": file.mode, "step": file.step, "content": file.content, "secret": file.secret}
        for _, file in sorted(issued.items())
    ]
    packed = base64.b85encode(gzip.compress(json.dumps(files).encode(), mtime=0)).decode()
    digest = hashlib.sha256(documents_text.encode()).hexdigest()
    text = json.dumps({"agent": agent, "documents": digest, "files": packed})
    if len(text) > LARGEST_SECRET:
        raise ValueError(
            f"a node's certificates and keys take {len(text)} bytes, but a secret of Secrets Manager has at most "
            f"{LARGEST_SECRET}; use `certificates.algorithm: ECDSA-P256`"
        )
    return text
