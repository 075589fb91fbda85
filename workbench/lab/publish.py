"""Makes the report, the pictures and the published documentation from the records of the last runs."""

from pathlib import Path

from workbench.lab.plot import svg
from workbench.lab.record import Record, read
from workbench.lab.recording import RECORDS
from workbench.lab.report import report
from workbench.lab.summary import Published, merged, published, summaries
from workbench.places import ROOT

PUBLISHED = ROOT / "docs" / "drills" / "drills.json"
PICTURES = PUBLISHED.parent
REPORT = RECORDS.parent / "report"


def publish(records: Path = RECORDS) -> Published:
    """Write everything; returns the published summaries."""
    found = read(records)
    now = merged(published(PUBLISHED), summaries(found))
    PICTURES.mkdir(parents=True, exist_ok=True)
    PUBLISHED.write_text(now.model_dump_json(indent=1) + "\n", encoding="utf-8")
    for one in worst(found):
        (PICTURES / f"{one.drill}.svg").write_text(svg(one), encoding="utf-8")
    REPORT.mkdir(parents=True, exist_ok=True)
    for one in found:
        (REPORT / f"{one.drill}.{one.run}.svg").write_text(svg(one), encoding="utf-8")
    (REPORT / "report.json").write_text(now.model_dump_json(indent=1) + "\n", encoding="utf-8")
    (REPORT / "report.md").write_text(f"# Drills\n\n{report(now, str(PICTURES))}\n", encoding="utf-8")
    return now


def worst(records: list[Record]) -> list[Record]:
    """The run of each drill with the longest gap: so the published picture shows the worst case."""
    chosen: dict[str, Record] = {}
    for one in records:
        if one.drill not in chosen or _gap(one) > _gap(chosen[one.drill]):
            chosen[one.drill] = one
    return list(chosen.values())


def _gap(record: Record) -> float:
    client = record.clients.get("endpoint")
    return client.longest_gap if client else float("inf")
