"""Charts on the operator's disk are what the settings say they are."""

import hashlib
import tarfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from plan.refusal import Refusal
from plan.settings.chart import Chart
from plan.settings.cluster import Settings

LARGEST = 64 * 2**20  # bytes; the largest official chart known here, Cilium's, packs to a quarter of a megabyte


def problems(settings: Settings, directory: Path) -> Iterator[Refusal]:
    """Files that are missing, unreadable or another than the one whose digest was written down."""
    addons = settings.addons
    for at, chart in (
        ("addons.podNetwork.chart", addons.pod_network.chart),
        ("addons.certManager.chart", addons.cert_manager.chart if addons.cert_manager.enabled else None),
    ):
        if chart is not None:
            yield from _chart(at, chart, directory / Path(chart.path).expanduser())


def _chart(at: str, chart: Chart, path: Path) -> Iterator[Refusal]:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST)
    except OSError as error:
        why, fix = "the add-on is installed from it", "pull it as docs/addons.md shows, or correct the path"
        got = f"{path} ({error.strerror})"
        yield Refusal(at=f"{at}.path", bound="a chart that can be read", got=got, why=why, fix=fix)
        return
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    if digest != chart.digest:
        yield Refusal(
            at=f"{at}.digest",
            bound=f"that of {path}, {digest}",
            got=chart.digest,
            why="the file is not the one that was looked at, and its programs get far-reaching rights",
            fix="find out why it changed; only then write down its new digest",
        )
        return
    version = _version(path)
    if version != chart.version:
        got, why = chart.version, "who reads the settings would believe that another release runs"
        bound, fix = f"as in the chart, {version or 'which cannot be read'}", "correct it, or pull the other release"
        yield Refusal(at=f"{at}.version", bound=bound, got=got, why=why, fix=fix)


def _version(path: Path) -> str | None:
    """What the chart calls itself, in the Chart.yaml of its one folder."""
    try:
        with tarfile.open(path) as archive:
            names = [name for name in archive.getnames() if name.count("/") == 1 and name.endswith("/Chart.yaml")]
            file = archive.extractfile(names[0]) if names else None
            described = yaml.safe_load(file) if file else None
    except (OSError, tarfile.TarError, yaml.YAMLError):
        return None
    version = described.get("version") if isinstance(described, dict) else None
    return version if isinstance(version, str) else None
