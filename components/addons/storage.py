"""The default StorageClass."""

import pulumi

from components.addons.part import Part
from documents.addons import storage
from plan.settings import StorageClass


class Storage(Part):
    """One class, the default."""

    def __init__(self, *, given: StorageClass, opts: pulumi.ResourceOptions | None = None) -> None:
        facts = {"provisioner": given.provisioner, "reclaim": given.reclaim}
        super().__init__("Storage", given.name, facts, storage.objects(given), opts)
