"""Backups of etcd: that they are made, how, and where they lie."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

from policies.references import ETCD_RECOVERY, OPERATING_ETCD
from policies.rule import Level, Scope, Severity, rule
from policies.stack import Stack
from policies.views.control_planes import environment
from policies.views.etcd import etcd_clusters
from policies.views.machines import hosts
from policies.violation import Violation

_SAVE = re.compile(r"etcdctl[^\n]*snapshot save", re.MULTILINE)


_EVERY = re.compile(r"^\s*(?P<key>OnCalendar|OnUnitActiveSec|OnBootSec)\s*=\s*(?P<value>.+?)\s*$", re.MULTILINE)


_SPAN = re.compile(r"(\d+)\s*(min|minutes|m|h|hr|hours|hour|d|day|days|s|sec|seconds)?\b")


HOURS = {"m": 1 / 60, "h": 1.0, "d": 24.0, "s": 1 / 3600}


CALENDAR = {"minutely": 1 / 60, "hourly": 1.0, "daily": 24.0, "weekly": 168.0, "monthly": 720.0}


STORE = "quorate:aws:BackupStore"  # this project's agents save into it every so many hours
DRILL_TAG = "restore-drill"  # a stack tag with the day of the last drill, YYYY-MM-DD


def _saves(stack: Stack) -> Iterator[tuple[str, str, str]]:
    """URN, path and text of whatever saves snapshots."""
    for host in hosts(stack):
        for path, text in host.find(lambda text: "snapshot save" in text):
            yield host.resource.urn, path, text.replace("\\\n", " ")


@rule(
    id="P78",
    title="Production backs etcd up at least once a day",
    fix="Add a backup schedule (a timer around `etcdctl snapshot save`), at most 24 h apart; 6 h are better.",
    severity=Severity.CRITICAL,
    references=(OPERATING_ETCD,),
    thresholds={"hours": 24, "production": ["prod", "production"]},
)
def scheduled_backups(stack: Stack, *, hours: int, production: list[str]) -> Iterator[Violation]:
    """A quorum does not protect against a wrong `kubectl delete`; only a snapshot brings the objects back."""
    if environment(stack) not in production:
        return
    intervals = [
        interval(match["key"], match["value"])
        for host in hosts(stack)
        for path, text in host.find(lambda text: "[Timer]" in text)
        if "backup" in path or "snapshot" in path or "backup" in text
        for match in _EVERY.finditer(text)
    ]
    declared = [store.properties.number("everyHours") for store in stack.of(STORE)]
    intervals += [every for every in declared if every]
    for cluster in etcd_clusters(stack):
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
    fix="Pass https endpoints, --cacert, --cert and --key to etcdctl.",
    severity=Severity.HIGH,
    scope=Scope.RESOURCE,
    references=(OPERATING_ETCD,),
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
    id="P83",
    title="Snapshots are restored with etcdutl",
    fix="Use `etcdutl snapshot restore` on all members with one member list and a new token.",
    severity=Severity.HIGH,
    scope=Scope.RESOURCE,
    references=(ETCD_RECOVERY, "etcd changelog 3.6: etcdctl snapshot restore is removed"),
)
def restored_with_etcdutl(stack: Stack) -> Iterator[Violation]:
    """etcd 3.6 took the command out of etcdctl: a script that uses it fails on the day it is needed."""
    for host in hosts(stack):
        for path, _ in host.find(lambda text: bool(re.search(r"etcdctl[^\n]*snapshot restore", text))):
            yield host.violation(f"{path} restores with etcdctl")


@rule(
    id="P84",
    title="Restoring was tried in the last three months",
    fix=f"Run the restore drill and set the stack's tag `{DRILL_TAG}` (or `drilled` here) to its day.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    references=(ETCD_RECOVERY,),
    thresholds={"days": 90, "drilled": "", "production": ["prod", "production"]},
)
def recent_drill(stack: Stack, *, days: int, drilled: str, production: list[str]) -> Iterator[Violation]:
    """A backup that was never restored is a hope."""
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
