"""What every resource says about itself."""

from plan import Plan


def tags(plan: Plan, name: str) -> dict[str, str]:
    """`name` is what the console shows; the cluster's name is put before it."""
    cluster = plan.settings.cluster
    return {"Name": f"{cluster}-{name}", "managed-by": "pulumi", "quorate:cluster": cluster}
