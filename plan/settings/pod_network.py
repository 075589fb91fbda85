"""How pods get addresses and reach each other."""

from typing import Literal

from plan.settings.chart import Chart
from plan.settings.model import Model


class PodNetwork(Model):
    """The container network. Nodes stay NotReady until one is installed."""

    kind: Literal["routed", "cilium", "calico", "own"] = "routed"
    """`routed`: a range for each node and routes between them, no tunnel; it enforces no NetworkPolicy.
    `cilium`, `calico`: by their official chart, for production. `own`: you install one; see docs/addons.md."""

    chart: Chart | None = None
    """Required for `cilium` and `calico`."""
