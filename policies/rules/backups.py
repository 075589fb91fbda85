"""Backups of etcd: whether they are made, how, and whether a restore works."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

from policies.parsers.schedules import PERIODS, intervals
from policies.references import ETCD_RECOVERY, OPERATING_ETCD
from policies.rule import Level, Scope, Severity, rule
from policies.scope import MEMBER
from policies.stack import Stack
from policies.views.buckets import SNAPSHOT, STORE
from policies.views.control_planes import environment
from policies.views.etcd import etcd_clusters
from policies.views.hosts import Host
from policies.views.machines import hosts
from policies.views.workloads import Workload, workloads
from policies.violation import Violation

SKIPS = "--insecure-skip-tls-verify"
_PERIODIC = re.compile(rf"/etc/cron\.({'|'.join(PERIODS)})/")
DRILL_TAG = "restore-drill"  # a stack tag with the day of the last drill, YYYY-MM-DD


def _saves(stack: Stack) -> Iterator[tuple[Host, str, str]]:
    """Machine, path and text of every document that saves snapshots."""
    for host in hosts(stack):
        for path, text in host.find(lambda text: SNAPSHOT in text):
            yield host, path, text.replace("\\\n", " ")


@rule(
    id="P78",
    title="Production backs etcd up at least once a day",
    fix="Add a backup schedule (a timer around `etcdctl snapshot save`), at most 24 h apart; 6 h are better.",
    evidence=MEMBER,
    severity=Severity.CRITICAL,
    references=(OPERATING_ETCD,),
    thresholds={"hours": 24, "production": ["prod", "production"]},
)
def scheduled_backups(stack: Stack, *, hours: int, production: list[str]) -> Iterator[Violation]:
    """A quorum does not protect against a wrong `kubectl delete`; only a snapshot brings the objects back."""
    if environment(stack) not in production:
        return
    found = [every for host in hosts(stack) for every in _schedules(host)]
    declared = [store.properties.number("everyHours") for store in stack.of(STORE)]
    found += [every for every in declared if every]
    found += [every for job in workloads(stack) if job.object.kind == "CronJob" for every in _scheduled(job)]
    for cluster in etcd_clusters(stack):
        if not found:
            yield cluster.violation("nothing saves a snapshot on a schedule")
        elif min(found) > hours:
            yield cluster.violation(f"snapshots are {min(found):g} h apart, more than {hours} h")


def _scheduled(job: Workload) -> Iterator[float]:
    """Hours between two runs of a CronJob that saves snapshots."""
    if SNAPSHOT in " ".join(job.words()):
        yield from intervals(f"{job.object.spec.text('schedule')} -")


def _schedules(host: Host) -> Iterator[float]:
    """Hours between two snapshots, from every schedule that runs a program that saves one, directly or through a
    script.
    """
    saving = {path for path, _ in host.find(lambda text: SNAPSHOT in text)}
    if not saving:
        return
    called = {path for path in saving if path.startswith("/")}
    # The unit that calls the script, and the timer of that unit.
    called |= {path for path, _ in host.find(lambda text: any(_calls(text, name) for name in called))}
    called |= {f"{path.removesuffix('.service')}.timer" for path in called if path.endswith(".service")}
    for path, text in host.texts.items():
        if path in called and (directory := _PERIODIC.match(path)):
            yield PERIODS[directory[1]]
        units = {line.partition("=")[2].strip() for line in text.splitlines() if line.startswith("Unit=")}
        if path in called or path in saving or any(unit and f"/{unit}" in name for unit in units for name in called):
            yield from intervals(text)


def _calls(text: str, path: str) -> bool:
    return path in text or f" {path.rsplit('/', 1)[-1]}\n" in text


@rule(
    id="P79",
    title="Backups are taken over TLS with a certificate",
    fix="Pass https endpoints, --cacert, --cert and --key to etcdctl.",
    evidence=MEMBER,
    severity=Severity.HIGH,
    scope=Scope.RESOURCE,
    references=(OPERATING_ETCD,),
)
def authenticated_backups(stack: Stack) -> Iterator[Violation]:
    """A snapshot is the whole cluster: it must not travel unencrypted or come from an unknown server."""
    for host, path, text in _saves(stack):
        variables = {"cacert": "ETCDCTL_CACERT", "cert": "ETCDCTL_CERT", "key": "ETCDCTL_KEY"}
        lacking = [o for o, variable in variables.items() if f"--{o}" not in text and variable not in text]
        if re.search(r"(?:endpoints|ENDPOINTS)[= ][\"']?http://", text):
            yield host.violation(f"{path} saves a snapshot over plain http", at=SNAPSHOT)
        elif SKIPS in text:
            yield host.violation(f"{path} saves a snapshot without checking etcd's certificate", at=SKIPS)
        elif lacking:
            yield host.violation(f"{path} saves a snapshot without --{', --'.join(lacking)}", at=SNAPSHOT)


@rule(
    id="P83",
    title="Snapshots are restored with etcdutl",
    fix="Use `etcdutl snapshot restore` on all members with one member list and a new token.",
    evidence=MEMBER,
    severity=Severity.HIGH,
    scope=Scope.RESOURCE,
    references=(ETCD_RECOVERY, "etcd changelog 3.6: etcdctl snapshot restore is removed"),
)
def restored_with_etcdutl(stack: Stack) -> Iterator[Violation]:
    """etcd 3.6 removed the command from etcdctl: a script that uses it fails on the day you need it."""
    for host in hosts(stack):
        for path, _ in host.find(lambda text: bool(re.search(r"etcdctl\b[^\n]{0,400}snapshot restore", text))):
            yield host.violation(f"{path} restores with etcdctl")


@rule(
    id="P84",
    title="A restore was tested in the last three months",
    fix=f"Run the restore drill and set the stack's tag `{DRILL_TAG}` (or `drilled` here) to its date.",
    evidence=MEMBER,
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    references=(ETCD_RECOVERY,),
    thresholds={"days": 90, "drilled": "", "production": ["prod", "production"]},
)
def recent_drill(stack: Stack, *, days: int, drilled: str, production: list[str]) -> Iterator[Violation]:
    """A backup that was never restored may not be restorable."""
    if environment(stack) not in production or not etcd_clusters(stack):
        return
    said = stack.tags.get(DRILL_TAG, "") or drilled
    try:
        age = (datetime.now(tz=UTC).date() - date.fromisoformat(said)).days
    except ValueError:
        yield Violation(what="no restore drill is recorded")
        return
    if age > days:
        yield Violation(what=f"the last restore drill was {age} days ago, more than {days}")
