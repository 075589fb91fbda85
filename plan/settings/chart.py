"""A Helm chart that cannot change unnoticed."""

from collections.abc import Mapping

from plan.settings.model import Model


class Chart(Model):
    """Pinned by version and digest. Needs Pulumi's own kubernetes plugin, which has Helm built in."""

    reference: str
    """Where the chart is in a registry, such as oci://quay.io/jetstack/charts/cert-manager."""

    version: str
    """An exact release."""

    digest: str = ""
    """`sha256:` and 64 hexadecimal digits, as `helm pull` prints it. A tag can be moved, a digest cannot. Required."""

    values: Mapping[str, object] = {}
    """The chart's own settings."""
