"""Load balancer, DNS, backups and alarms within AWS's limits."""

import re
from collections.abc import Iterator

from plan.aws import names as aws_names
from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.syntax import is_dns_name

BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
TAKEN_PREFIXES, TAKEN_SUFFIXES = ("xn--", "sthree-", "amzn-s3-demo-"), ("-s3alias", "--ol-s3", "--x-s3")
LONGEST_DRAIN = 3_600  # seconds (Elastic Load Balancing: deregistration delay)
LARGEST_PUT = 5 * 1024**3  # bytes of one S3 PUT; a snapshot is at most as large as etcd's quota
MOST_OFTEN, LEAST_OFTEN = 1, 24  # hours between snapshots


def clients(settings: Settings) -> Iterator[Refusal]:
    """A public API says to whom."""
    if settings.aws and settings.aws.load_balancer.public and not settings.aws.load_balancer.clients:
        yield Refusal(
            at="aws.loadBalancer.clients",
            bound="named, because the load balancer faces the Internet",
            got="missing",
            why="an API server that everybody reaches is found within minutes",
            fix="list the ranges of your offices and runners, such as 203.0.113.0/24",
        )


def drain(settings: Settings) -> Iterator[Refusal]:
    """A delay that AWS accepts."""
    given = settings.aws.load_balancer.deregistration_seconds if settings.aws else 30
    if not 0 <= given <= LONGEST_DRAIN:
        at, why = "aws.loadBalancer.deregistrationSeconds", "AWS accepts no other"
        yield Refusal(at=at, bound=f"from 0 to {LONGEST_DRAIN} s", got=given, why=why, fix="use 30")


def domain(settings: Settings) -> Iterator[Refusal]:
    """A DNS name that holds the endpoint's."""
    if settings.aws is None:
        return
    given = settings.aws.dns.domain
    if not is_dns_name(given):
        why, fix = "the API's name ends with it", "such as example.internal, in lower case"
        yield Refusal(at="aws.dns.domain", bound="a DNS name", got=repr(given), why=why, fix=fix)
    elif settings.aws.dns.zone_id is None and not settings.endpoint.name.endswith(f".{settings.cluster}.{given}"):
        zone = f"{settings.cluster}.{given}"
        why = "the record is made in the private zone of that name"
        fix = "leave it out, or give the zone that holds it as `aws.dns.zoneId`"
        yield Refusal(at="endpoint.name", bound=f"below {zone}", got=settings.endpoint.name, why=why, fix=fix)


def buckets(settings: Settings) -> Iterator[Refusal]:
    """Names that S3 accepts."""
    if settings.aws is None:
        return
    names = [aws_names.backup_bucket(settings)]
    names += [aws_names.replica_bucket(settings)] if settings.aws.backups.replica_region else []
    given = settings.aws.backups.bucket
    for name in names:
        taken = name.startswith(TAKEN_PREFIXES) or name.endswith(TAKEN_SUFFIXES)
        if given is not None and (not BUCKET.fullmatch(name) or taken):
            yield Refusal(
                at="aws.backups.bucket",
                bound="3 to 63 lower-case letters, digits and hyphens, without S3's own prefixes and suffixes",
                got=repr(name),
                why="S3 accepts no other name (dots would break TLS)",
                fix="leave it out, or such as acme-prod-etcd",
            )


def backups(settings: Settings) -> Iterator[Refusal]:
    """Often enough, kept long enough, elsewhere, and small enough for one upload."""
    if settings.aws is None:
        return
    found, at = settings.aws.backups, "aws.backups"
    if not MOST_OFTEN <= found.every_hours <= LEAST_OFTEN or LEAST_OFTEN % found.every_hours:
        why = "what was written since the last snapshot is lost with the cluster; the timer repeats every day"
        bound = "a divisor of 24, from 1 to 24 h"
        yield Refusal(at=f"{at}.everyHours", bound=bound, got=found.every_hours, why=why, fix="use 6")
    locked = found.object_lock_days
    if found.keep_days < 1 or (locked is not None and not 1 <= locked <= found.keep_days):
        why = "a snapshot is removed after `keepDays`, which a longer lock would prevent"
        got = f"{found.keep_days} days, locked for {locked}"
        yield Refusal(
            at=f"{at}.keepDays", bound="at least 1, and not less than the lock", got=got, why=why, fix="use 30"
        )
    if found.replica_region == settings.aws.region:
        why = "what takes the region would take the copy with it"
        at_region, fix = f"{at}.replicaRegion", "name another region, or leave it out"
        yield Refusal(at=at_region, bound="another region", got=found.replica_region, why=why, fix=fix)
    if settings.etcd.quota_bytes > LARGEST_PUT:
        why = "a snapshot is uploaded in one piece, and S3 accepts 5 GiB"
        bound = f"at most {LARGEST_PUT} bytes on AWS"
        yield Refusal(
            at="etcd.quotaBytes", bound=bound, got=settings.etcd.quota_bytes, why=why, fix=f"use {4 * 1024**3}"
        )


def algorithm(settings: Settings) -> Iterator[Refusal]:
    """Certificates and keys of one node fit into one secret."""
    given = settings.certificates.algorithm
    if settings.aws and given.startswith("RSA"):
        at, bound = "certificates.algorithm", "ECDSA-P256 or ECDSA-P384 on AWS"
        why = "with RSA keys a node's certificates and keys take 72 KB or more; a secret of Secrets Manager holds 64"
        yield Refusal(at=at, bound=bound, got=given, why=why, fix="use ECDSA-P256; authorities of your own may be RSA")


def watch(settings: Settings) -> Iterator[Refusal]:
    """An alarm that rings after the renewal should have happened, and before the end."""
    if settings.aws is None:
        return
    days, renewal = settings.aws.watch.certificate_days, settings.certificates.early_renewal_hours // 24
    if not 1 <= days < renewal:
        why = f"renewal begins {renewal} days before the end; an earlier alarm would always ring"
        at, bound = "aws.watch.certificateDays", f"from 1 to {renewal - 1}"
        yield Refusal(at=at, bound=bound, got=days, why=why, fix="use 20")
