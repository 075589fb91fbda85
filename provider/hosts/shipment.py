"""The tar stream for a host, built in memory, so that no secret is written to this computer's disk."""

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping

from provider.hosts.node_inputs import NodeInputs
from provider.protocol.values import Value

WANTED = "wanted"


def shipment(agent: bytes, wanted: Mapping[str, bytes] | None = None) -> bytes:
    """A tar stream with `agent.pyz` and, below `wanted/`, the given files; readable by the owner only."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        _add(tar, "agent.pyz", agent)
        if wanted is not None:
            _folder(tar, WANTED)
            _folder(tar, f"{WANTED}/files")
            for name, content in wanted.items():
                _add(tar, f"{WANTED}/{name}", content)
    return buffer.getvalue()


def wanted(inputs: NodeInputs, *, bootstrap: bool, ticket: str = "") -> dict[str, bytes]:
    """The agent's wanted folder: node.json, run.json, files.json and the contents, by path inside the folder.

    `ticket`: a token for a worker that has not joined yet.
    """
    placed = sorted(
        [*((f, False) for f in inputs.files), *((f, True) for f in inputs.secrets)], key=lambda p: p[0].path
    )
    listed: list[Value] = []
    contents: dict[str, bytes] = {}
    for number, (file, secret) in enumerate(placed):
        name = f"files/{number}"
        contents[name] = file.content.encode()
        listed.append(
            {
                "path": file.path,
                "mode": file.mode,
                "step": file.step,
                "sha256": hashlib.sha256(contents[name]).hexdigest(),
                "secret": secret,
                "content": name,
            }
        )
    return {
        "node.json": inputs.manifest.encode(),
        "run.json": json.dumps({"bootstrap": bootstrap}).encode(),
        "files.json": json.dumps(listed).encode(),
        **({"ticket": ticket.encode()} if ticket else {}),
        **contents,
    }


def _folder(tar: tarfile.TarFile, name: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = tarfile.DIRTYPE, 0o700
    tar.addfile(entry)


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.mode, entry.size = 0o600, len(content)
    tar.addfile(entry, io.BytesIO(content))
