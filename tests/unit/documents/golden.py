"""The texts of the local preset's first node as files, readable in review.

Made again by `python -m tests.unit.documents.golden`.
"""

from pathlib import Path

import documents
from documents import nginx
from tests.unit.documents import topologies

FOLDER = Path(__file__).parent / "golden"


def rendered() -> dict[str, str]:
    """Golden file name (relative) to text: cp1 of the local preset, and nginx.conf as the other balancer."""
    plan = topologies.local()
    node = plan.nodes[0]
    texts = {file.path.removeprefix("/"): file.content for file in documents.files(plan, node)}
    listed = [
        *(f"{f.mode:04o} {f.step:13} {f.path}" for f in documents.files(plan, node)),
        *(f"{f.mode:04o} {f.step:13} {f.path} (secret)" for f in documents.secret_files(plan, node)),
        *(f"{f.mode:04o} {f.step:13} {f.path} (issued)" for f in documents.certificate_files(plan, node)),
    ]
    return {
        **texts,
        "node.json": documents.manifest(plan, node),
        "inventory.txt": "\n".join(sorted(listed, key=lambda line: line[19:])) + "\n",
        "alternative" + nginx.CONFIGURATION: nginx.configuration(plan),
    }


def stored() -> dict[str, str]:
    """The same as it is in the repository."""
    return {str(p.relative_to(FOLDER)): p.read_text() for p in FOLDER.rglob("*") if p.is_file()}


if __name__ == "__main__":
    texts = rendered()
    for name in stored().keys() - texts.keys():
        (FOLDER / name).unlink()
    for name, text in texts.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
