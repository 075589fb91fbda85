"""What runs inside the cluster, one add-on per file. Imported only where add-ons are on: the SDK costs a moment."""

from components.addons.addons import AddOns

__all__ = ["AddOns"]
