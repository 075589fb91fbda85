"""Downloads what Quorate planned for this node from AWS into the directory that `apply` reads."""

import base64
import gzip
import hashlib
import json
from pathlib import Path

from agent.aws.client import Aws, AwsError
from agent.model.failure import Failed
from agent.model.json_reading import Json, Malformed, parse


def fetch(aws: Aws, directory: Path, *, may_begin: bool) -> tuple[str, str]:
    """Fill the directory; returns the SHA-256 of the secret, which identifies everything in it, and that of the agent.

    Raises Failed if AWS refuses a request, or if secret and documents do not belong together.
    """
    try:
        content = aws.secret()
        secret = parse(content, at="the node's secret")
        text = aws.object(aws.place["documents"])
    except (AwsError, OSError) as error:
        raise Failed(f"this node's files cannot be downloaded: {error}") from error
    if hashlib.sha256(text).hexdigest() != secret["documents"].text():
        raise Failed(
            "this node's documents are not those that its secret names: an update is under way, or another program "
            "wrote them. Nothing was changed; the next run tries again"
        )
    documents = parse(text, at="the node's documents")
    try:
        issued = parse(gzip.decompress(base64.b85decode(secret["files"].text())), at="the secret's files")
    except (ValueError, OSError, EOFError):
        raise Malformed("the files in the node's secret cannot be unpacked") from None
    _write(directory, documents["manifest"].text(), [*documents["files"].items(), *issued.items()], may_begin=may_begin)
    return hashlib.sha256(content).hexdigest(), secret["agent"].text()


def _write(directory: Path, manifest: str, files: list[Json], *, may_begin: bool) -> None:
    (directory / "files").mkdir(mode=0o700)
    listed = []
    for number, file in enumerate(sorted(files, key=lambda f: f["path"].text())):
        content, name = file["content"].text().encode(), f"files/{number}"
        (directory / name).write_bytes(content)
        listed.append(
            {
                "path": file["path"].text(),
                "mode": file["mode"].number(),
                "step": file["step"].text(),
                "sha256": hashlib.sha256(content).hexdigest(),
                "secret": file["secret"].flag(),
                "content": name,
            }
        )
    (directory / "node.json").write_text(manifest)
    (directory / "files.json").write_text(json.dumps(listed))
    (directory / "run.json").write_text(json.dumps({"bootstrap": may_begin}))
