"""Charts that are pinned, and a container network that is complete."""

import re
from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings.chart import Chart
from plan.settings.cluster import Settings
from plan.settings.syntax import LONGEST_PATH, is_printable
from plan.visible import shown

CHARTED = ("cilium", "calico")
RELEASE = re.compile(r"v?[0-9]+\.[0-9]+\.[0-9]+")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def networks(settings: Settings) -> Iterator[Refusal]:
    """A network that needs a chart has one, and Services have kube-proxy or a network that replaces it."""
    network = settings.addons.pod_network
    at = "addons.podNetwork.chart"
    if network.kind in CHARTED:
        if network.chart is None:
            fix = "give path, version and digest of the official chart (docs/addons.md shows how to get them)"
            why = f"{network.kind} is installed by its official chart"
            yield Refusal(at=at, what=f"set for {network.kind}", found="missing", why=why, fix=fix)
    elif network.chart is not None:
        why, fix = f"`{network.kind}` has no chart, so it would be silently ignored", "remove it, or correct `kind`"
        yield Refusal(at=at, what="left out", found="set", why=why, fix=fix)
    if not settings.addons.kube_proxy.enabled and network.kind in ("routed", "calico"):
        yield Refusal(
            at="addons.kubeProxy.enabled",
            what=f"true with `{network.kind}`",
            found="false",
            why="no Service would be reachable, cluster DNS included",
            fix="leave it on, or use a network that replaces kube-proxy",
        )


def charts(settings: Settings) -> Iterator[Refusal]:
    """The chart is pinned by version and digest."""
    addons = settings.addons
    if addons.cert_manager.enabled and addons.cert_manager.chart is None:
        fix = "give path, version and digest of the official chart"
        why = "cert-manager is installed by it"
        yield Refusal(at="addons.certManager.chart", what="set", found="missing", why=why, fix=fix)
    for at, chart in (
        ("addons.podNetwork.chart", addons.pod_network.chart),
        ("addons.certManager.chart", addons.cert_manager.chart),
    ):
        if chart is not None:
            yield from _chart(at, chart)


def _chart(at: str, chart: Chart) -> Iterator[Refusal]:
    why = "anyone who can change the file could run other programs in the cluster, with the chart's rights"
    path = chart.path.endswith(".tgz") and is_printable(chart.path) and len(chart.path) <= LONGEST_PATH
    digest_fix = f"`sha256sum {chart.path}` prints it, once you trust the file" if path else "see `sha256sum`"
    for key, given, good, what, fix in (
        ("path", chart.path, path, "a packed chart, *.tgz", "`helm pull` creates it"),
        ("version", chart.version, RELEASE.fullmatch(chart.version), "an exact release", "such as 1.19.2"),
        (
            "digest",
            chart.digest,
            DIGEST.fullmatch(chart.digest),
            "`sha256:` and 64 hexadecimal digits",
            digest_fix,
        ),
    ):
        if not good:
            found = shown(given) if given else "missing"
            yield Refusal(at=f"{at}.{key}", what=what, found=found, why=why, fix=fix)
