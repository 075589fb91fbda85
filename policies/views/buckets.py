"""Object stores for backups, with the resources that configure them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from policies.resources import Resource
from policies.stack import Stack, view
from policies.violation import Violation

BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
_BACKUP = re.compile(r"backup|snapshot|etcd")


@dataclass(frozen=True, kw_only=True, eq=False)
class Bucket:
    """A bucket whose name or tags say that it keeps backups, and everything that refers to it."""

    resource: Resource
    companions: tuple[Resource, ...]

    def of(self, kind: str) -> Iterator[Resource]:
        """Companions of one kind: `versioning` is aws:s3/bucketVersioning:BucketVersioning, or its older V2."""
        return (c for c in self.companions if c.type.split("/")[-1].split(":")[0].removesuffix("V2") == kind)

    def violation(self, what: str) -> Violation:
        """A violation of this bucket."""
        return self.resource.violation(what)


@view
def buckets(stack: Stack) -> tuple[Bucket, ...]:
    """Buckets for backups. Other buckets are nobody's business here."""
    found = [resource for resource in stack.of(*BUCKETS) if _keeps_backups(resource)]
    if not found:
        return ()
    users = [r for r in stack.resources if r.type.startswith("aws:s3/") and r.sources("bucket")]
    return tuple(
        Bucket(resource=resource, companions=tuple(r for r in users if resource.urn in r.sources("bucket")))
        for resource in found
    )


def _keeps_backups(resource: Resource) -> bool:
    tags, name = resource.properties.raw("tags"), resource.properties.raw("bucket")
    said = [resource.name, name, *(tags.values() if isinstance(tags, dict) else ())]
    return bool(_BACKUP.search(" ".join(text for text in said if isinstance(text, str)).lower()))
