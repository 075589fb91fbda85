"""Shows reviews as in a pull request: quotes the tests' golden files."""

from pathlib import Path

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "unit" / "review" / "golden"
# In the order of the page: a blocked change, one that needs attention, a safe one.
SHOWN = {
    "instance-size": "A larger instance type for all nodes in one update:",
    "remove-a-san": "A name is removed from the API servers' certificates:",
    "scale-3-to-5": "Three members become five:",
}


def reviews() -> str:
    """Render Markdown; each review is quoted, so that its headings are not in the page's outline."""
    parts = []
    for name, words in SHOWN.items():
        lines = (GOLDEN / f"{name}.md").read_text(encoding="utf-8").splitlines()
        parts.append("\n".join([words, "", *(f"> {line}".rstrip() for line in lines)]))
    return "\n\n".join(parts)
