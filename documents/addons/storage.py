"""The one default StorageClass (requirements ADD-12)."""

from documents.addons.objects import metadata
from documents.yaml_text import Document
from plan.settings import StorageClass


def objects(given: StorageClass) -> tuple[Document, ...]:
    """Volumes are made where their pod is: failure domains are not known before."""
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
