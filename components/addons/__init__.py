"""Add-ons that run inside the cluster, one per file. Imported only if add-ons are on, because the SDK loads slowly."""

from components.addons.addons import AddOns

__all__ = ["AddOns"]
