"""Load balancer, DNS, backups and alarms within AWS's limits."""

import re
from collections.abc import Iterator

from plan.aws import names as aws_names
from plan.aws.places import is_region, partition
from plan.certificates.renewal import base_hours
from plan.refusal import Refusal
from plan.settings.aws import Aws
from plan.settings.cluster import Settings
from plan.settings.syntax import is_dns_name
from plan.visible import shown

BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
TAKEN_PREFIXES, TAKEN_SUFFIXES = ("xn--", "sthree-", "amzn-s3-demo-"), ("-s3alias", "--ol-s3", "--x-s3")
LARGEST_PUT = 5 * 1024**3  # bytes of one S3 PUT; a snapshot is at most as large as etcd's quota
LEAST_OFTEN = 24  # hours between snapshots


def clients(settings: Settings) -> Iterator[Refusal]:
    """A public API has a list of clients, as ranges of the VPC's own family."""
    for index, given in enumerate(settings.aws.load_balancer.clients if settings.aws else ()):
        if given.version == 6:  # noqa: PLR2004 - IP's version
            at, why = f"aws.loadBalancer.clients[{index}]", "the VPC and its load balancer have IPv4 addresses only"
            yield Refusal(at=at, what="an IPv4 range", found=str(given), why=why, fix="give the clients' IPv4 range")
    if settings.aws and settings.aws.load_balancer.public and not settings.aws.load_balancer.clients:
        yield Refusal(
            at="aws.loadBalancer.clients",
            what="set, because the load balancer faces the internet",
            found="missing",
            why="an API server that is open to the internet is found within minutes",
            fix="list the ranges of your offices and runners, such as 203.0.113.0/24",
        )


def domain(settings: Settings) -> Iterator[Refusal]:
    """The domain contains the endpoint's name."""
    if settings.aws is None:
        return
    given = settings.aws.dns.domain
    if not is_dns_name(given):
        return  # `plan.validation.texts` reports it
    if settings.aws.dns.zone_id is None and not settings.endpoint.name.endswith(f".{settings.cluster}.{given}"):
        zone = f"{settings.cluster}.{given}"
        why = "the record is created in the private zone of that name"
        fix = "leave it out, or set `aws.dns.zoneId` to the zone that contains it"
        yield Refusal(at="endpoint.name", what=f"below {zone}", found=settings.endpoint.name, why=why, fix=fix)


def buckets(settings: Settings) -> Iterator[Refusal]:
    """Bucket names are ones that S3 accepts, each for one purpose."""
    if settings.aws is None:
        return
    yield from _apart(settings, settings.aws)
    names = [aws_names.backup_bucket(settings)]
    names += [aws_names.replica_bucket(settings)] if settings.aws.backups.replica_region else []
    given = settings.aws.backups.bucket
    for name in names:
        taken = name.startswith(TAKEN_PREFIXES) or name.endswith(TAKEN_SUFFIXES)
        if given is not None and (not BUCKET.fullmatch(name) or taken):
            yield Refusal(
                at="aws.backups.bucket",
                what="3 to 63 lower-case letters, digits and hyphens, without S3's own prefixes and suffixes",
                found=shown(name),
                why="S3 accepts no other name (dots would break TLS)",
                fix="leave it out, or use a name such as acme-prod-etcd",
            )


def _apart(settings: Settings, aws: Aws) -> Iterator[Refusal]:
    others = {aws_names.files_bucket(settings): "the bucket of the nodes' files"}
    own = [("aws.backups.bucket", aws_names.backup_bucket(settings))]
    if aws.backups.replica_region not in (None, aws.region):
        own.append(("aws.backups.bucket", aws_names.replica_bucket(settings)))
    own += [("aws.loadBalancer.accessLogsBucket", logs)] if (logs := aws.load_balancer.access_logs_bucket) else []
    for at, name in own:
        if name in others:
            why = "nodes have different rights on each bucket, and backups may be locked"
            yield Refusal(at=at, what="a separate bucket", found=f"{name}, {others[name]}", why=why, fix="rename it")
        others[name] = f"the bucket that {at} already uses"


def backups(settings: Settings) -> Iterator[Refusal]:
    """Backups are frequent, kept long enough, copied to another region, and small enough for one upload."""
    if settings.aws is None:
        return
    found, at = settings.aws.backups, "aws.backups"
    if 1 <= found.every_hours <= LEAST_OFTEN and LEAST_OFTEN % found.every_hours:
        why = "the timer repeats every day"
        yield Refusal(at=f"{at}.everyHours", what="a divisor of 24", found=found.every_hours, why=why, fix="use 6")
    locked = found.object_lock_days
    if locked is not None and locked > found.keep_days >= 1:
        why = "a snapshot is deleted after `keepDays`, which a longer lock would prevent"
        shown_ = f"{found.keep_days} days, locked for {locked}"
        yield Refusal(at=f"{at}.keepDays", what="at least the lock", found=shown_, why=why, fix=f"use {locked}")
    if (reason := _replica_problem(settings.aws)) is not None:
        why = "a failure of the region must not affect the copy, and S3 replicates only inside a partition"
        at_region, fix = f"{at}.replicaRegion", "name another region, or leave it out"
        yield Refusal(at=at_region, what="another region of the partition", found=reason, why=why, fix=fix)
    if settings.etcd.quota_bytes > LARGEST_PUT:
        why = "a snapshot is uploaded in one piece, and S3 accepts 5 GiB"
        what = f"at most {LARGEST_PUT} bytes on AWS"
        yield Refusal(
            at="etcd.quotaBytes", what=what, found=settings.etcd.quota_bytes, why=why, fix=f"use {4 * 1024**3}"
        )


def _replica_problem(aws: Aws) -> str | None:
    region = aws.backups.replica_region
    if region is None:
        return None
    if not is_region(region):
        return shown(region)
    if region == aws.region:
        return f"{region}, the cluster's own"
    other = partition(region).name
    return f"{region}, of the partition {other}" if other != partition(aws.region).name else None


def algorithm(settings: Settings) -> Iterator[Refusal]:
    """The certificates and keys of one node fit into one secret."""
    given = settings.certificates.algorithm
    if settings.aws and given.startswith("RSA"):
        at, what = "certificates.algorithm", "ECDSA-P256 or ECDSA-P384 on AWS"
        why = "with RSA keys a node's certificates and keys take 72 KB or more; a secret of Secrets Manager holds 64"
        yield Refusal(at=at, what=what, found=given, why=why, fix="use ECDSA-P256; your own authorities may be RSA")


def watch(settings: Settings) -> Iterator[Refusal]:
    """The alarm triggers after the renewal is due and before the certificate expires."""
    if settings.aws is None:
        return
    days, renewal = settings.aws.watch.certificate_days, base_hours(settings.certificates) // 24
    if days is not None and not 1 <= days < renewal:
        why = f"renewal starts {renewal} days before expiry; an earlier alarm would always trigger"
        at = "aws.watch.certificateDays"
        what = f"from 1 to {renewal - 1}" if renewal > 1 else "left out for leaves with such a short lifetime"
        yield Refusal(at=at, what=what, found=days, why=why, fix="leave it out")
