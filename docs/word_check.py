"""`python -m docs.word_check`: finds words that a native platform engineer would not use, and suggests better ones.

Reads the pages, and the docstrings, comments and messages of every room. `words.json` maps a pattern of words to what
to write instead. Generated parts of pages and recorded drills are skipped: their sources are checked.
"""

import io
import json
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

from docs.generate import BEGIN, END
from docs.house import ALLOWED, ROOT

WORDS = Path(__file__).with_name("words.json")
TEXTS = (tokenize.STRING, tokenize.COMMENT)


def findings() -> Iterator[str]:
    """One line for each odd word: file, line, word and replacement."""
    better = json.loads(WORDS.read_text(encoding="utf-8"))
    patterns = [(re.compile(rf"(?<![\w`-])({words})(?![\w`-])", re.IGNORECASE), use) for words, use in better.items()]
    for path, line, text in _texts():
        for pattern, use in patterns:
            for found in pattern.finditer(text):
                at = line + text.count("\n", 0, found.start())
                yield f"{path.relative_to(ROOT)}:{at}: {found[0]!r}; write: {use}"


def _texts() -> Iterator[tuple[Path, int, str]]:
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        yield page, 1, _by_hand(page.read_text(encoding="utf-8"))
    for name in (*ALLOWED, "docs"):
        for path in sorted((ROOT / name).rglob("*.py")):
            with path.open("rb") as source:
                tokens = tokenize.generate_tokens(io.TextIOWrapper(source, encoding="utf-8").readline)
                yield from ((path, token.start[0], token.string) for token in tokens if token.type in TEXTS)


def _by_hand(page: str) -> str:
    """The page without its generated parts, but with the same line numbers."""
    parts = re.compile(rf"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    return parts.sub(lambda part: "\n" * part[0].count("\n"), page)


def main() -> int:
    """Exit status 1 if there is a finding."""
    found = list(findings())
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
