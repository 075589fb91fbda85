"""A picture of one run: which servers responded, how long writes took, and what happened."""

from collections.abc import Iterator
from html import escape
from math import log10

from workbench.lab.record import Record

WIDTH, LEFT, RIGHT = 960, 84, 24
LANE, BETWEEN = 14, 6
PANEL = 150
LEAST, MOST = 0.001, 10.0  # seconds: the ends of the logarithmic scale of latency
LINE = 15  # of text
TICKS = 8  # maximum number of labels on the time axis
GOOD, BAD, WRITES, MARK = "#7fb58a", "#c0392b", "#2c5f8a", "#555"
STYLE = (
    "text{font:11px sans-serif;fill:#222}.title{font:bold 13px sans-serif}.axis{stroke:#ccc}.mark{stroke-dasharray:3 3}"
)


def svg(record: Record) -> str:
    """The picture as a text of SVG, for a white page."""
    lanes = list(record.absences)
    top = 2 * LINE
    panel = top + len(lanes) * (LANE + BETWEEN) + LINE
    axis = panel + PANEL
    legend = axis + 2 * LINE + 4
    height = legend + LINE * (len(record.marks) + 1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(record.title)}</title><style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text class="title" x="{LEFT}" y="{LINE}">{escape(record.title)}</text>',
        *_lanes(record, lanes, top),
        *_latency(record, panel),
        *_time(record, axis),
        *_marks(record, top=top, bottom=axis, legend=legend),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _x(record: Record, at: float) -> float:
    inside = min(max(at, 0.0), record.seconds)
    return round(LEFT + inside / (record.seconds or 1.0) * (WIDTH - LEFT - RIGHT), 1)


def _lanes(record: Record, lanes: list[str], top: int) -> Iterator[str]:
    for number, place in enumerate(lanes):
        y = top + number * (LANE + BETWEEN)
        yield f'<text x="{LEFT - 8}" y="{y + LANE - 3}" text-anchor="end">{escape(place)}</text>'
        yield f'<rect x="{LEFT}" y="{y}" width="{WIDTH - LEFT - RIGHT}" height="{LANE}" fill="{GOOD}"/>'
        for begin, end in record.absences[place]:
            x = _x(record, begin)
            wide = max(1.0, round(_x(record, end) - x, 1))
            yield f'<rect x="{x}" y="{y}" width="{wide}" height="{LANE}" fill="{BAD}"/>'


def _latency(record: Record, top: int) -> Iterator[str]:
    yield f'<text x="{LEFT - 8}" y="{top - 4}" text-anchor="end">a write took</text>'
    for seconds, text in ((0.001, "1 ms"), (0.01, "10 ms"), (0.1, "0.1 s"), (1.0, "1 s"), (10.0, "10 s")):
        y = _y(seconds, top)
        yield f'<path class="axis" d="M{LEFT} {y}H{WIDTH - RIGHT}"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{text}</text>'
    columns: dict[int, list[float]] = {}
    for at, seconds in record.latencies:
        columns.setdefault(round(_x(record, at)), []).append(seconds)
    bars = "".join(f"M{x} {_y(min(those), top) + 1}V{_y(max(those), top) - 1}" for x, those in sorted(columns.items()))
    yield f'<path d="{bars}" stroke="{WRITES}" stroke-width="1.4"/>'
    failed = sorted({round(_x(record, at)) for at in record.failures})
    ticks = "".join(f"M{x} {top + PANEL}v-8" for x in failed)
    yield f'<path d="{ticks}" stroke="{BAD}" stroke-width="1.4"/>'


def _y(seconds: float, top: int) -> float:
    share = (log10(min(max(seconds, LEAST), MOST)) - log10(LEAST)) / (log10(MOST) - log10(LEAST))
    return round(top + PANEL * (1 - share), 1)


def _time(record: Record, y: int) -> Iterator[str]:
    step = next(s for s in (1, 2, 5, 10, 20, 60, 120, 300, 600, 1800, 86400) if record.seconds / s <= TICKS)
    yield f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="{MARK}"/>'
    for at in range(0, int(record.seconds) + 1, step):
        x = _x(record, at)
        yield f'<path d="M{x} {y}v4" stroke="{MARK}"/><text x="{x}" y="{y + LINE}" text-anchor="middle">{at} s</text>'


def _marks(record: Record, *, top: int, bottom: int, legend: int) -> Iterator[str]:
    numbered = len(record.marks) > 1
    for number, mark in enumerate(record.marks, 1):
        x = _x(record, mark.at)
        label = f"{number}" if numbered else ""
        yield f'<path class="mark" d="M{x} {top - 4}V{bottom}" stroke="{MARK}"/>'
        yield f'<text x="{x}" y="{top - 6}" text-anchor="middle">{label}</text>'
        words = f"{label} {mark.at:.1f} s: {mark.text}".strip()
        yield f'<text x="{LEFT}" y="{legend + LINE * number}">{escape(words)}</text>'
    client = record.clients.get("endpoint")
    if client:
        said = (
            f"{client.acknowledged} writes confirmed, longest gap {client.longest_gap:.2f} s; red below: tries through "
            "the endpoint that failed; red above: not read, not ready or not answered"
        )
        yield f'<text x="{LEFT}" y="{legend}">{escape(said)}</text>'
