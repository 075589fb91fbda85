"""Sends the metrics that alarms use: ages of the newest backup and of its proof, days until a certificate expires,
leader changes."""

import time
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

from agent.aws.client import Aws, AwsError, Call
from agent.etcd import metrics
from agent.kubernetes.certificates import certificates
from agent.model.json_reading import Malformed, parse
from agent.snapshots.proof import last
from agent.system.host import Host
from agent.system.memory import Memory
from agent.system.record import Record

NAMESPACE = "Quorate"
BACKED_UP, SINCE, CHANGES = "backed-up", "since", "leader-changes"


def tell(host: Host, aws: Aws, complain: Callable[[str], None]) -> None:
    """Send them. Reports a failure but does not raise it: missing metrics trigger an alarm too."""
    try:
        cluster = parse((Memory(host).wanted / "node.json").read_bytes(), at="node.json")["cluster"].text()
        found = collected(host)
        body = urlencode(_parameters(found, {"Cluster": cluster, "Node": aws.place["node"]}))
        headers = {"content-type": "application/x-www-form-urlencoded"}
        aws.send(Call(service="monitoring", method="POST", headers=headers, body=body.encode()))
    except (AwsError, Malformed, OSError) as error:
        complain(f"the metrics could not be sent: {error}")


def collected(host: Host) -> dict[str, float]:
    """Metrics by name; an unknown one is left out."""
    record, now = Record(host, "figures"), time.time()
    known = record.read()
    if SINCE not in known:
        record.update(**{SINCE: str(now)})
    found: dict[str, float] = {}
    # A node without a backup counts from its first run.
    newest = float(known.get(BACKED_UP) or known.get(SINCE) or now)
    found["BackupAgeHours"] = (now - newest) / 3600
    proof = last(host)
    proved = (
        datetime.fromisoformat(proof.proved).timestamp() if proof and proof.proved else float(known.get(SINCE, now))
    )
    found["ProofAgeHours"] = (now - proved) / 3600
    if days := [int(str(entry["daysLeft"])) for entry in certificates(host)]:
        found["CertificateDaysLeft"] = min(days)
    if (changes := _leader_changes()) is not None:
        before = float(known.get(CHANGES, changes))
        # The counter restarts with etcd.
        found["LeaderChanges"] = changes - before if changes >= before else changes
        record.update(**{CHANGES: str(changes)})
    return found


def _leader_changes() -> float | None:
    try:
        return metrics.value(metrics.text(), "etcd_server_leader_changes_seen_total")
    except (OSError, KeyError):
        return None


def _parameters(found: dict[str, float], dimensions: dict[str, str]) -> dict[str, str]:
    """PutMetricData in AWS's query form."""
    parameters = {"Action": "PutMetricData", "Version": "2010-08-01", "Namespace": NAMESPACE}
    for number, (name, value) in enumerate(found.items(), start=1):
        at = f"MetricData.member.{number}"
        parameters |= {f"{at}.MetricName": name, f"{at}.Value": f"{value:.3f}"}
        for index, (key, text) in enumerate(dimensions.items(), start=1):
            parameters |= {f"{at}.Dimensions.member.{index}.Name": key, f"{at}.Dimensions.member.{index}.Value": text}
    return parameters
