"""The manifests of the add-ons as files, readable in review: one folder for each environment, one file for each add-on.

Made again by `python -m tests.unit.addons.golden`.
"""

from pathlib import Path

from documents.addons.manifests import manifests
from documents.yaml_text import yaml_text
from tests.unit.addons import topologies

FOLDER = Path(__file__).parent / "golden"
HEADER = "# Add-on `{}` of the environment `{}`. Made by: python -m tests.unit.addons.golden\n"


def rendered() -> dict[str, str]:
    """Golden file name (relative) to text."""
    environments = {"local": topologies.local(), "aws-everything": topologies.aws(topologies.EVERYTHING)}
    return {
        f"{name}/{addon}.yaml": HEADER.format(addon, name) + yaml_text(*documents)
        for name, plan in environments.items()
        for addon, documents in manifests(plan).items()
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
