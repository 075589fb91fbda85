"""docs/features.md is honest."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COUNTS = {"INF": 21, "PKI": 18, "ETCD": 15, "BOOT": 30, "CP": 19, "ADD": 28, "OPS": 33}
ROW = re.compile(r"^\| ((?:INF|PKI|ETCD|BOOT|CP|ADD|OPS)-\d\d) \|(.*)\|$", re.MULTILINE)
FILE = re.compile(r"\b(?:[a-z_]+/)+[a-z_0-9-]+\.(?:py|md)\b")


def rows() -> dict[str, list[str]]:
    text = (ROOT / "docs" / "features.md").read_text()
    return {found[1]: [cell.strip() for cell in found[2].split("|")] for found in ROW.finditer(text)}


def test_every_feature_is_listed_once() -> None:
    text = (ROOT / "docs" / "features.md").read_text()
    assert Counter(found[1].split("-")[0] for found in ROW.finditer(text)) == COUNTS
    assert len(rows()) == sum(COUNTS.values())


def test_every_state_is_one_of_four_and_nothing_stays_unexplained() -> None:
    for identity, (_, _, state, where, proof) in rows().items():
        assert state in {"done", "partly", "planned", "out"}, identity
        assert where, f"{identity} says neither where nor why"
        assert bool(proof) == (state in {"done", "partly"}), f"{identity}: a proof belongs to what is built"


def test_every_named_file_exists() -> None:
    for identity, (_, _, _, where, _) in rows().items():
        for path in FILE.findall(where):
            assert (ROOT / path).is_file(), f"{identity} names {path}, which does not exist"


def test_every_named_test_exists() -> None:
    sources = [path.read_text() for path in (ROOT / "tests").rglob("test_*.py")]
    known = {name for source in sources for name in re.findall(r"def (test_\w+)", source)}
    for identity, (_, _, _, _, proof) in rows().items():
        name = proof.strip("`")
        assert not name or name in known, f"{identity} names {name}, which does not exist"
