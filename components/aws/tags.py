"""The tags of every resource."""

from plan import Plan


def tags(plan: Plan, name: str) -> dict[str, str]:
    """Return the tags. `name` is shown in the console with the cluster's name as prefix."""
    cluster = plan.settings.cluster
    return {"Name": f"{cluster}-{name}", "managed-by": "pulumi", "quorate:cluster": cluster}
