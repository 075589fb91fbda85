"""Where backups are kept, and who can change them."""

import re
from collections.abc import Iterator

from policies.parsers.iam import statements
from policies.properties import Properties
from policies.references import OPERATING_ETCD
from policies.resources import Resource
from policies.rule import Level, Severity, rule
from policies.scope import BUCKET
from policies.stack import Stack
from policies.views.buckets import Bucket, buckets
from policies.views.control_planes import environment
from policies.views.etcd import etcd_clusters
from policies.views.hosts import Host
from policies.views.machines import hosts
from policies.violation import Violation

_ZONE = re.compile(r"[a-z]{2}(?:-[a-z]+)+-[0-9]+")
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
# Settings of a provider that name an account, in a role's ARN or by itself.
_ROLES = ("assumeRoles", "assumeRole", "assumeRoleWithWebIdentity", "allowedAccountIds")
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"


@rule(
    id="P80",
    title="Backups are kept away from the cluster",
    fix="Use a bucket in another region or account (or replicate it there).",
    evidence=BUCKET,
    severity=Severity.HIGH,
    references=(OPERATING_ETCD, "AWS Well-Architected: REL09-BP01"),
    thresholds={"production": ["prod", "production"]},
)
def backups_elsewhere(stack: Stack, *, production: list[str]) -> Iterator[Violation]:
    """Losing the region, or the account, must not mean losing the backup."""
    if environment(stack) not in production:
        return
    members = [host for cluster in etcd_clusters(stack) for host in cluster.hosts]
    regions = {_region(host.resource.provider) or _region_of(host) for host in members} - {""}
    accounts = {_account(host.resource.provider) for host in members}
    copies = {urn for config in stack.of(REPLICATION) for urn in config.sources("rules")}
    for bucket in buckets(stack):
        if bucket.resource.urn in copies:
            continue
        replicated = any(bucket.of("bucketReplicationConfig")) or any(bucket.of("bucketReplicationConfiguration"))
        replicated = replicated or bool(bucket.inline("bucketReplicationConfig"))
        own = bucket.resource.properties.text("region") if bucket.resource.properties.known("region") else ""
        own = own or _region(bucket.resource.provider)
        # A bucket without a region is in the region of the program's other resources.
        near = (not own or own in regions) and _account(bucket.resource.provider) in accounts
        if near and not replicated:
            yield bucket.violation(
                f"the bucket {bucket.resource.name} is in the cluster's region and account and is not replicated"
            )


def _region_of(host: Host) -> str:
    """The region of an availability zone: eu-west-1 of eu-west-1a, us-west-2 of us-west-2-lax-1a."""
    found = _ZONE.match(host.zone)
    return found[0] if found else ""


def _region(provider: Properties | None) -> str:
    return provider.text("region") if provider and provider.known("region") else ""


def _account(provider: Properties | None) -> str:
    """What the provider says about its account: number, profile, or the provider itself if that is not known yet.

    Empty for the credentials of the environment.
    """
    if provider is None:
        return ""
    if not all(provider.known(name) for name in (*_ROLES, "profile")):
        return provider.urn
    # A provider's lists are JSON texts.
    found = (_ACCOUNT.search(str(provider.raw(name))) for name in _ROLES)
    return next((match[0] for match in found if match), "") or provider.text("profile")


@rule(
    id="P81",
    title="The bucket of backups is encrypted, versioned, private, and expires old versions",
    fix="Add SSE-KMS, versioning, a public access block, a bucket policy that denies plain http, and "
    "a lifecycle rule; do not set forceDestroy.",
    evidence=BUCKET,
    severity=Severity.HIGH,
    references=("CIS AWS Foundations: 2.1", "AWS Foundational Security: S3.5, S3.8, S3.14, S3.17"),
    thresholds={"disposable": ["local", "dev", "test"]},
)
def guarded_bucket(stack: Stack, *, disposable: list[str]) -> Iterator[Violation]:
    """The backups contain every Secret of the cluster, and are all that remains if the cluster is lost."""
    for bucket in buckets(stack):
        wrong = [what for what, fine in _guards(bucket, disposable=environment(stack) in disposable) if not fine]
        if wrong:
            yield bucket.violation(f"the bucket {bucket.resource.name} {', '.join(wrong)}")


def _guards(bucket: Bucket, *, disposable: bool) -> Iterator[tuple[str, bool]]:
    encryption = [
        rule_.part("applyServerSideEncryptionByDefault").text("sseAlgorithm")
        for c in bucket.of("bucketServerSideEncryptionConfiguration")
        for rule_ in c.properties.parts("rules")
    ]
    encryption += [
        rule_.part("applyServerSideEncryptionByDefault").text("sseAlgorithm")
        for inline in bucket.inline("bucketServerSideEncryptionConfiguration")
        for rule_ in (*inline.parts("rule"), *inline.parts("rules"))
    ]
    yield "is not encrypted with KMS", any(algorithm.startswith("aws:kms") for algorithm in encryption)
    versioning = [c.properties.part("versioningConfiguration").text("status") for c in bucket.of("bucketVersioning")]
    inline_versions = any(inline.flag("enabled") for inline in bucket.inline("bucketVersioning"))
    yield "is not versioned", "Enabled" in versioning or inline_versions
    blocks = list(bucket.of("bucketPublicAccessBlock"))
    names = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    yield "can be made public", any(all(block.properties.flag(name) for name in names) for block in blocks)
    policies = [c for c in bucket.of("bucketPolicy") if not c.properties.known("policy") or _denies_http(c.properties)]
    inline = any(_denies_http(properties) for properties in bucket.inline("bucketPolicy"))
    yield "can be read over plain http", inline or bool(policies)
    lifecycle = any(bucket.of("bucketLifecycleConfiguration")) or bool(bucket.inline("bucketLifecycleConfiguration"))
    yield "never deletes old versions", lifecycle
    yield "is deleted with its content", disposable or not bucket.resource.properties.flag("forceDestroy")


def _denies_http(properties: Properties) -> bool:
    return "aws:SecureTransport" in properties.text("policy")


@rule(
    id="P82",
    title="A machine can only add backups, and only its own",
    fix="Allow s3:PutObject on the backup prefix, and nothing on `*`.",
    evidence=BUCKET,
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    references=("AWS Well-Architected: SEC03-BP02",),
)
def narrow_role(stack: Stack) -> Iterator[Violation]:
    """An attacker on a node must not be able to delete the backups."""
    for resource in stack.of("aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy"):
        if resource.properties.known("policy") and _of_a_member(stack, resource):
            for statement in statements(resource.properties.text("policy")):
                actions = [a for a in statement.texts("Action") if a == "*" or a.startswith("s3:")]
                wide = [a for a in actions if a in ("*", "s3:*") or a.startswith("s3:Delete")]
                everywhere = actions and "*" in statement.texts("Resource")
                if statement.text("Effect") == "Allow" and (wide or everywhere):
                    yield resource.violation(
                        f"{resource.name} allows {', '.join(wide or actions)} on more than a prefix"
                    )


def _of_a_member(stack: Stack, policy: Resource) -> bool:
    """Whether the policy belongs to the role of a machine of the cluster, or names a bucket of backups."""
    text = policy.properties.text("policy")
    if any(isinstance(name := b.resource.properties.raw("bucket"), str) and name in text for b in buckets(stack)):
        return True
    if any(b.resource.urn in policy.sources("policy") for b in buckets(stack)):
        return True
    roles = {urn for host in hosts(stack) if host.role in ("control-plane", "etcd") for part in host.parts
             for profile in stack.sources(part, "iamInstanceProfile") for urn in profile.sources("role")}  # fmt: skip
    return bool(roles & policy.sources("role"))
