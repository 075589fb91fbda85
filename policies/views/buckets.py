"""Buckets that backups are written to, with the resources that configure them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policies.properties import Properties
from policies.resources import Resource
from policies.stack import Stack, view
from policies.views.hosts import Host
from policies.views.machines import hosts
from policies.violation import Violation

BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
STORE = "quorate:aws:BackupStore"
SNAPSHOT = "snapshot save"
_URL = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,62})")
# Settings that a bucket may also have inline, by the resource that has them otherwise.
_INLINE: Mapping[str, str] = {
    "bucketVersioning": "versioning",
    "bucketServerSideEncryptionConfiguration": "serverSideEncryptionConfiguration",
    "bucketLifecycleConfiguration": "lifecycleRules",
    "bucketReplicationConfig": "replicationConfiguration",
    "bucketPolicy": "policy",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Bucket:
    """A bucket that a backup writes to, and everything that refers to it."""

    resource: Resource
    companions: tuple[Resource, ...]
    because: str

    def of(self, kind: str) -> Iterator[Resource]:
        """Related resources of one kind: `bucketVersioning` is aws:s3/bucketVersioning:BucketVersioning, or its older
        V2.
        """
        return (c for c in self.companions if c.type.split("/")[-1].split(":")[0].removesuffix("V2") == kind)

    def inline(self, kind: str) -> tuple[Properties, ...]:
        """The bucket's own inline settings, if it has them."""
        name, properties = _INLINE[kind], self.resource.properties
        if not properties.known(name) or not properties.has(name):
            return ()
        value = properties.raw(name)
        return properties.parts(name) if isinstance(value, dict | list) else (properties,)

    def violation(self, what: str) -> Violation:
        """A violation of this bucket."""
        return Violation(what=what, urn=self.resource.urn, because=self.because)


@view
def buckets(stack: Stack) -> tuple[Bucket, ...]:
    """Buckets that a backup of etcd names, or that this project's component makes for them."""
    wanted = dict(_wanted(stack))
    if not wanted:
        return ()
    companions: dict[str, list[Resource]] = {}
    for resource in stack.resources:
        if resource.type.startswith("aws:s3/"):
            for urn in resource.sources("bucket"):
                companions.setdefault(urn, []).append(resource)
    return tuple(
        Bucket(resource=r, companions=tuple(companions.get(r.urn, ())), because=wanted[r.urn])
        for r in stack.of(*BUCKETS)
        if r.urn in wanted
    )


def _wanted(stack: Stack) -> Iterator[tuple[str, str]]:
    found = stack.of(*BUCKETS)
    if not found:
        return
    stores = {store.urn for store in stack.of(STORE)}
    named = {str(r.properties.raw("bucket")): r for r in found if isinstance(r.properties.raw("bucket"), str)}
    for resource in found:
        if resource.parent in stores:
            yield resource.urn, f"{resource.name} is judged because it belongs to the cluster's backup store"
    for host in hosts(stack):
        if host.role in ("control-plane", "etcd"):
            clause = f"is judged because {host.name} saves etcd's snapshots in it"
            yield from ((r.urn, f"{r.name} {clause}") for r in _saved_to(host, named, found))


def _saved_to(host: Host, named: Mapping[str, Resource], found: list[Resource]) -> Iterator[Resource]:
    """Buckets that the text of a backup names, or that its document refers to."""
    saving = [text for text in host.readable.values() if SNAPSHOT in text]
    for text in saving:
        yield from (named[bucket] for bucket in {match[1] for match in _URL.finditer(text)} & set(named))
    if saving or host.hidden:
        made_of = {urn for part in host.parts for urns in part.property_depends.values() for urn in urns}
        yield from (resource for resource in found if resource.urn in made_of)
