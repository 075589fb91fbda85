"""The one default StorageClass (requirements ADD-12)."""

from collections.abc import Iterator

from documents.addons.add_on import AddOn
from documents.addons.objects import metadata
from documents.yaml_text import Document
from plan import Plan
from plan.settings import StorageClass


def add_ons(plan: Plan) -> Iterator[AddOn]:
    """Enabled by `addons.storageClass`."""
    given = plan.settings.addons.storage_class
    if given is not None:
        facts = {"provisioner": given.provisioner, "reclaim": given.reclaim}
        yield AddOn(kind="Storage", name=given.name, facts=facts, objects=objects(given), file="storage")


def objects(given: StorageClass) -> tuple[Document, ...]:
    """Volumes are created after their pod is scheduled, because the failure domain is not known earlier."""
    return (
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {
                **metadata(given.name, None),
                "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
            },
            "provisioner": given.provisioner,
            "parameters": dict(given.parameters),
            "reclaimPolicy": given.reclaim,
            "volumeBindingMode": "WaitForFirstConsumer",
            "allowVolumeExpansion": True,
        },
    )
