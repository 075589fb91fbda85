"""The tables of all drills, for people."""

from collections.abc import Iterator, Sequence

from workbench.lab.summary import Distribution, Published, Summary
from workbench.markdown import table

HEAD = ("drill", "runs", "figure", "median", "least to most", "limit", "theory", "median / theory")
COUNTS = (
    "drill",
    "writes confirmed",
    "lost",
    "changed or out of order",
    "reads",
    "stale",
    "without retry",
    "with retry",
)


def report(published: Published, pictures: str) -> str:
    """Markdown without a title; `pictures` is the folder of the pictures as a link."""
    return "\n\n".join(_parts(published.drills, pictures))


def _parts(drills: Sequence[Summary], pictures: str) -> Iterator[str]:
    if not drills:
        yield "No drill has been recorded yet."
        return
    lost, stale = sum(one.lost + one.wrong for one in drills), sum(one.stale for one in drills)
    confirmed, reads = sum(one.acknowledged for one in drills), sum(one.reads for one in drills)
    runs = sum(one.runs for one in drills)
    yield (
        f"{len(drills)} drills, {runs} runs: of {confirmed:,} confirmed writes {lost} lost, changed or out of order; "
        f"of {reads:,} reads {stale} stale."
    )
    for group in dict.fromkeys(one.group for one in drills):
        those = [one for one in drills if one.group == group]
        yield f"### {group}"
        yield table(HEAD, (row for one in those for row in _figures(one, pictures)))
        yield table(COUNTS, (_counts(one) for one in those))
        broken = [f"* {one.title}: {said}" for one in those for said in one.broken]
        if broken:
            yield "Did not hold:\n\n" + "\n".join(broken)
    yield _circumstances(drills)


def _figures(one: Summary, pictures: str) -> Iterator[tuple[str, ...]]:
    name = f"[{one.title}]({pictures}/{one.drill}.svg)"
    for figure in one.figures:
        yield (name, str(one.runs), figure.name, *_numbers(figure))
        name = ""


def _numbers(figure: Distribution) -> tuple[str, ...]:
    limit = (
        "" if figure.limit is None else f"{figure.limit:g} {figure.unit}: {'kept' if figure.kept else '**not kept**'}"
    )
    theory = "" if figure.theory is None else f"{figure.theory:g} {figure.unit} ({figure.why})"
    ratio = f"{figure.middle / figure.theory:.2f}" if figure.theory else ""
    spread = f"{min(figure.values):.2f} to {max(figure.values):.2f}"
    return (f"{figure.middle:.2f} {figure.unit}", spread, limit, theory, ratio)


def _counts(one: Summary) -> tuple[str, ...]:
    numbers = (one.acknowledged, one.lost, one.wrong, one.reads, one.stale, one.without_retry, one.with_retry)
    return (one.title, *(f"{number:,}" for number in numbers))


def _circumstances(drills: Sequence[Summary]) -> str:
    rows = (
        (one.title, one.commit, one.made, f"{one.load[0]:g} to {one.load[1]:g} on {one.processors} processors")
        for one in drills
    )
    return "### When and on what\n\n" + table(("drill", "commit", "time", "load before"), rows)
