"""Backups of etcd: that they are made, how, and where they lie."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

from policies.properties import Properties
from policies.rule import Level, Scope, Severity, rule
from policies.stack import Stack
from policies.views.buckets import Bucket
from policies.views.hosts import INSTANCE
from policies.violation import Violation

OPERATING = "Kubernetes documentation: operating etcd clusters, backup"
RECOVERY = "etcd documentation: disaster recovery"
_SAVE = re.compile(r"etcdctl[^\n]*snapshot save", re.MULTILINE)
_EVERY = re.compile(r"^\s*(?P<key>OnCalendar|OnUnitActiveSec|OnBootSec)\s*=\s*(?P<value>.+?)\s*$", re.MULTILINE)
_SPAN = re.compile(r"(\d+)\s*(min|minutes|m|h|hr|hours|hour|d|day|days|s|sec|seconds)?\b")
HOURS = {"m": 1 / 60, "h": 1.0, "d": 24.0, "s": 1 / 3600}
CALENDAR = {"minutely": 1 / 60, "hourly": 1.0, "daily": 24.0, "weekly": 168.0, "monthly": 720.0}
DRILL_TAG = "restore-drill"  # a stack tag with the day of the last drill, YYYY-MM-DD


def _saves(stack: Stack) -> Iterator[tuple[str, str, str]]:
    """URN, path and text of whatever saves snapshots."""
    for host in stack.hosts():
        for path, text in host.find(lambda text: "snapshot save" in text):
            yield host.resource.urn, path, text.replace("\\\n", " ")


@rule(
    id="P78",
    title="Production backs etcd up at least once a day",
    mend="Add a backup schedule (a timer around `etcdctl snapshot save`), at most 24 h apart; 6 h are better.",
    severity=Severity.CRITICAL,
    references=(OPERATING,),
    thresholds={"hours": 24, "production": ["prod", "production"]},
)
def scheduled_backups(stack: Stack, *, hours: int, production: list[str]) -> Iterator[Violation]:
    """A quorum does not protect against a wrong `kubectl delete`; only a snapshot brings the objects back."""
    if stack.environment not in production:
        return
    intervals = [
        interval(match["key"], match["value"])
        for host in stack.hosts()
        for path, text in host.find(lambda text: "[Timer]" in text)
        if "backup" in path or "snapshot" in path or "backup" in text
        for match in _EVERY.finditer(text)
    ]
    for cluster in stack.etcd_clusters():
        if not intervals:
            yield cluster.violation("nothing saves a snapshot on a schedule")
        elif min(intervals) > hours:
            yield cluster.violation(f"snapshots are {min(intervals):g} h apart, more than {hours} h")


def interval(key: str, value: str) -> float:
    """Hours between two runs of a systemd timer (systemd.time(7)); daily for a calendar with a fixed time of day."""
    if key == "OnCalendar":
        for word, hours in CALENDAR.items():
            if value.startswith(word):
                return hours
        steps = re.search(r"(?:^|\s)(?:\*|\d+)/(\d+)(?::|$)", value)
        if steps:
            return float(steps[1])
        return 1.0 if re.search(r"(?:^|\s)\*:\d", value) else 168.0 if re.match(r"[A-Z][a-z]{2}\b", value) else 24.0
    return sum(float(number) * HOURS[(unit or "s")[0]] for number, unit in _SPAN.findall(value))


@rule(
    id="P79",
    title="Backups are taken over TLS with a certificate",
    mend="Pass https endpoints, --cacert, --cert and --key to etcdctl.",
    severity=Severity.HIGH,
    scope=Scope.RESOURCE,
    references=(OPERATING,),
)
def authenticated_backups(stack: Stack) -> Iterator[Violation]:
    """A snapshot is the whole cluster: it must not travel in the clear, nor come from a stranger."""
    for urn, path, text in _saves(stack):
        environment = {"cacert": "ETCDCTL_CACERT", "cert": "ETCDCTL_CERT", "key": "ETCDCTL_KEY"}
        lacking = [o for o, variable in environment.items() if f"--{o}" not in text and variable not in text]
        if lacking:
            yield Violation(what=f"{path} saves a snapshot without --{', --'.join(lacking)}", urn=urn)
        if re.search(r"(?:endpoints|ENDPOINTS)[= ][\"']?http://", text):
            yield Violation(what=f"{path} saves a snapshot over plain http", urn=urn)


@rule(
    id="P80",
    title="Backups lie somewhere else than the cluster",
    mend="Use a bucket in another region (or replicate it there).",
    severity=Severity.HIGH,
    references=(OPERATING, "AWS Well-Architected: REL09-BP01"),
    thresholds={"production": ["prod", "production"]},
)
def backups_elsewhere(stack: Stack, *, production: list[str]) -> Iterator[Violation]:
    """What takes the region, or the account, must not take the backup with it."""
    if stack.environment not in production:
        return
    regions = {_region(i.provider) for i in stack.of(INSTANCE)} - {""}
    for bucket in stack.buckets():
        replicated = any(bucket.of("bucketReplicationConfig")) or any(bucket.of("bucketReplicationConfiguration"))
        own = bucket.resource.properties.text("region") if bucket.resource.properties.known("region") else ""
        own = own or _region(bucket.resource.provider)
        if not replicated and (not own or not regions or own in regions):
            yield bucket.violation(f"the bucket {bucket.resource.name} is where the cluster is, and is not replicated")


def _region(provider: Properties | None) -> str:
    return provider.text("region") if provider and provider.known("region") else ""


@rule(
    id="P81",
    title="The bucket of backups is encrypted, versioned, private, and forgets on a schedule",
    mend="Add SSE-KMS, versioning, a public access block, a policy that denies plain http, a lifecycle, and no forceDestroy.",
    severity=Severity.HIGH,
    references=("CIS AWS Foundations: 2.1", "AWS Foundational Security: S3.5, S3.8, S3.14, S3.17"),
)
def guarded_bucket(stack: Stack) -> Iterator[Violation]:
    """The bucket holds every Secret of the cluster, and is what is left when the cluster is lost."""
    for bucket in stack.buckets():
        for what, fine in _guards(bucket):
            if not fine:
                yield bucket.violation(f"the bucket {bucket.resource.name} {what}")


def _guards(bucket: Bucket) -> Iterator[tuple[str, bool]]:
    encryption = [
        rule_.part("applyServerSideEncryptionByDefault").text("sseAlgorithm")
        for c in bucket.of("bucketServerSideEncryptionConfiguration")
        for rule_ in c.properties.parts("rules")
    ]
    yield "is not encrypted with KMS", any(algorithm.startswith("aws:kms") for algorithm in encryption)
    versioning = [c.properties.part("versioningConfiguration").text("status") for c in bucket.of("bucketVersioning")]
    yield "is not versioned", "Enabled" in versioning
    blocks = list(bucket.of("bucketPublicAccessBlock"))
    names = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    yield "may be made public", any(all(block.properties.flag(name) for name in names) for block in blocks)
    policies = [c for c in bucket.of("bucketPolicy") if not c.properties.known("policy") or _denies_http(c.properties)]
    yield "may be read over plain http", bool(policies)
    yield "keeps everything for ever", any(bucket.of("bucketLifecycleConfiguration"))
    yield "is deleted with its content", not bucket.resource.properties.flag("forceDestroy")


def _denies_http(properties: Properties) -> bool:
    return "aws:SecureTransport" in properties.text("policy")


@rule(
    id="P82",
    title="A machine may only add backups, and only its own",
    mend="Allow s3:PutObject on the backup prefix, and nothing on `*`.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    references=("AWS Well-Architected: SEC03-BP02",),
)
def narrow_role(stack: Stack) -> Iterator[Violation]:
    """Whoever takes a node must not be able to delete the backups."""
    for resource in stack.of("aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy"):
        if resource.properties.known("policy"):
            for statement in _statements(resource.properties.text("policy")):
                actions = [a for a in statement.texts("Action") if a == "*" or a.startswith("s3:")]
                wide = [a for a in actions if a in ("*", "s3:*") or a.startswith("s3:Delete")]
                everywhere = actions and "*" in statement.texts("Resource")
                if statement.text("Effect") == "Allow" and (wide or everywhere):
                    yield resource.violation(
                        f"{resource.name} allows {', '.join(wide or actions)} on more than a prefix"
                    )


def _statements(policy: str) -> tuple[Properties, ...]:
    try:
        parsed = json.loads(policy)
    except ValueError:
        return ()
    return Properties(values=parsed, urn="", path="policy").parts("Statement") if isinstance(parsed, dict) else ()


@rule(
    id="P83",
    title="Snapshots are restored with etcdutl",
    mend="Use `etcdutl snapshot restore` on all members with one member list and a new token.",
    severity=Severity.HIGH,
    scope=Scope.RESOURCE,
    references=(RECOVERY, "etcd changelog 3.6: etcdctl snapshot restore is removed"),
)
def restored_with_etcdutl(stack: Stack) -> Iterator[Violation]:
    """etcd 3.6 took the command out of etcdctl: a script that uses it fails on the day it is needed."""
    for host in stack.hosts():
        for path, _ in host.find(lambda text: bool(re.search(r"etcdctl[^\n]*snapshot restore", text))):
            yield host.violation(f"{path} restores with etcdctl")


@rule(
    id="P84",
    title="Restoring was tried in the last three months",
    mend=f"Run the restore drill and set the stack's tag `{DRILL_TAG}` (or `drilled` here) to its day.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    references=(RECOVERY,),
    thresholds={"days": 90, "drilled": "", "production": ["prod", "production"]},
)
def recent_drill(stack: Stack, *, days: int, drilled: str, production: list[str]) -> Iterator[Violation]:
    """A backup that was never restored is a hope."""
    if stack.environment not in production or not stack.etcd_clusters():
        return
    said = stack.tags.get(DRILL_TAG, "") or drilled
    try:
        age = (datetime.now(tz=UTC).date() - date.fromisoformat(said)).days
    except ValueError:
        yield Violation(what="no restore drill is recorded")
        return
    if age > days:
        yield Violation(what=f"the last restore drill was {age} days ago, more than {days}")
