"""The reviews of the recorded changes as Markdown, readable in review.

Made again by `python -m tests.unit.review.golden`.
"""

from pathlib import Path

from operations.review.markdown import markdown
from operations.review.preview import read
from operations.review.report import Report, report

CHANGES = Path(__file__).parent / "changes"
FOLDER = Path(__file__).parent / "golden"


def recorded(name: str) -> Report:
    """The report of a recorded change."""
    path = CHANGES / f"{name}.json"
    return report(read(path.read_text(), source=path.name), allowed={})


def names() -> list[str]:
    """Every recorded change."""
    return sorted(path.stem for path in CHANGES.glob("*.json") if not path.name.endswith(".plan.json"))


def rendered() -> dict[str, str]:
    """Golden file name to text."""
    return {f"{name}.md": markdown(recorded(name)) for name in names()}


def stored() -> dict[str, str]:
    """The same as it is in the repository."""
    return {path.name: path.read_text() for path in FOLDER.glob("*.md")}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in rendered().items():
        (FOLDER / name).write_text(text)
