"""Checks that charts on the operator's disk are the ones that the settings name."""

import hashlib
import io
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import yaml

from plan.loading.disk import UnreadableFile, read_file
from plan.refusal import Refusal
from plan.settings.chart import Chart
from plan.settings.cluster import Settings
from plan.settings.model import Unread
from plan.visible import shown

LARGEST = 64 * 2**20  # bytes; the largest official chart known here, Cilium's, packs to a quarter of a megabyte
LARGEST_UNPACKED = 256 * 2**20  # bytes read to find Chart.yaml
LARGEST_DESCRIPTION = 2**20  # bytes of Chart.yaml


def problems(settings: Settings, directory: Path) -> Iterator[Refusal]:
    """Files that are missing, unreadable or have another digest or version than the settings say."""
    addons = settings.addons
    with suppress(Unread):
        if addons.pod_network.chart is not None:
            yield from _chart("addons.podNetwork.chart", addons.pod_network.chart, directory)
    with suppress(Unread):
        if addons.cert_manager.chart is not None and addons.cert_manager.enabled:
            yield from _chart("addons.certManager.chart", addons.cert_manager.chart, directory)


def _chart(at: str, chart: Chart, directory: Path) -> Iterator[Refusal]:
    if not chart.digest or not chart.path.endswith(".tgz"):
        return  # `plan.validation.charts` reports both
    try:
        content = read_file(chart.path, directory, largest=LARGEST).content
    except UnreadableFile as reason:
        why, fix = "the add-on is installed from it", "pull it as docs/addons.md shows, or correct the path"
        found = f"{shown(chart.path)}, which is {reason}"
        yield Refusal(at=f"{at}.path", what="the path of a packed chart", found=found, why=why, fix=fix)
        return
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    if digest != chart.digest:
        yield Refusal(
            at=f"{at}.digest",
            what=f"the digest of {chart.path}, {digest}",
            found=chart.digest,
            why="the file is not the one that was reviewed, and its programs get extensive rights",
            fix="find out why it changed, then set the new digest",
        )
        return
    version = _version(content)
    if version != chart.version:
        what = f"the chart's own version, {version}" if version else "the version of a chart that can be read"
        found = chart.version if version else f"that of {chart.path}, which has no readable Chart.yaml"
        why, fix = "the settings would name another release", "correct it, or pull the other release"
        yield Refusal(at=f"{at}.version", what=what, found=found, why=why, fix=fix)


def _version(content: bytes) -> str | None:
    """The version in the Chart.yaml of the chart's one folder; None if there is no such file."""
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for entry in archive:
                if archive.offset > LARGEST_UNPACKED:
                    return None
                if entry.isfile() and entry.name.count("/") == 1 and entry.name.endswith("/Chart.yaml"):
                    file = archive.extractfile(entry)
                    described = yaml.safe_load(file.read(LARGEST_DESCRIPTION)) if file else None
                    version = described.get("version") if isinstance(described, dict) else None
                    return version if isinstance(version, str) else None
    except (OSError, EOFError, zlib.error, tarfile.TarError, yaml.YAMLError, ValueError, RecursionError):
        return None
    return None
