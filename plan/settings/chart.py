"""A Helm chart, pinned so that it cannot change unnoticed."""

from collections.abc import Mapping

from plan.settings.model import Model


class Chart(Model):
    """The chart is pinned by version and digest. Needs Pulumi's own kubernetes plugin, which has Helm built in."""

    path: str
    """The packed chart on the operator's machine, such as charts/cilium-1.18.4.tgz; `helm pull` creates it."""

    version: str
    """An exact release, as in the chart."""

    digest: str = ""
    """`sha256:` and 64 hexadecimal digits of the file, compared when the plan is made. Required."""

    values: Mapping[str, object] = {}
    """The chart's own values."""
