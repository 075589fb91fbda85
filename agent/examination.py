"""Checks this node after a deployment and says how to fix each problem (requirement OPS-26)."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from agent.etcd.cluster import Cluster, open_cluster
from agent.etcd.gateway import EtcdRefused, Unreachable
from agent.etcd.members import MemberStatus
from agent.kubernetes.certificates import certificates
from agent.kubernetes.kubeadm import API_PORT, PKI
from agent.model.json_reading import Malformed, parse
from agent.model.wanted import Wanted
from agent.snapshots import folder
from agent.snapshots.description import ENCRYPTION
from agent.snapshots.proof import last
from agent.steps.backup import PROOF_TIMER
from agent.steps.own_service import OWN_SERVICES
from agent.surroundings import after_a_reboot, disturbances
from agent.system.host import Host
from agent.system.memory import Memory
from agent.system.probe import loopback, readiness
from agent.system.services import Services

SOON = 21  # days; leaves are renewed 30 days before they expire, so one with fewer days left has missed an update
FULL = 0.8  # share of etcd's quota; above it there is little time left before etcd refuses writes
PROOF_SECONDS = 49 * 3600  # two daily proofs and an hour, because a restart may prevent one
LATE = 2  # times the interval of backups, as in the alarm on AWS
SECRETS, ENCRYPTED = "/registry/secrets/", b"k8s:enc:"
LOOKED_AT = 50  # secrets
CONTROLLER_MANAGER, SCHEDULER, KUBELET = 10257, 10259, 10248


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`subject` is the same for the same check on every node; `fix` is used when it is not healthy."""

    subject: str
    well: bool
    seen: str
    fix: str

    def values(self) -> dict[str, object]:
        """The finding as JSON for the caller."""
        return asdict(self)


def examine(host: Host, wanted: Wanted) -> list[Finding]:
    """Every check of this node; a check that cannot run becomes a finding, not an error."""
    cluster = open_cluster(host, wanted)
    found = [*_services(host, wanted), _certificates(host), _backups(host), *_proof(host, wanted), _clock()]
    found += _surroundings(host, wanted)
    if cluster is not None:
        found += [*_etcd(cluster), *_control_plane(host, wanted), *_encryption(host, cluster)]
    return found


def _services(host: Host, wanted: Wanted) -> Iterator[Finding]:
    names: list[str] = [wanted.manifest.balancer] if wanted.manifest.balancer else []
    names += ["keepalived"] if wanted.manifest.virtual_ip else []
    names += ["containerd", "etcd", "kubelet"] if wanted.manifest.role == "control-plane" else []
    names += [step.unit.removesuffix(".service") for step in OWN_SERVICES if wanted.of(step.name)]
    states = {name: Services(host).state(f"{name}.service") for name in names}
    stopped = [f"{name} is {state.found}" for name, state in states.items() if not state.active]
    idle = [f"{name} does not start at boot" for name, state in states.items() if not state.enabled]
    yield Finding(
        subject="services",
        well=not stopped and not idle,
        seen="; ".join([*stopped, *idle]) or f"{', '.join(names)} run, and start at boot",
        fix="`journalctl -u NAME` on the node says why; `pulumi up --refresh` fixes it",
    )


def _certificates(host: Host) -> Finding:
    found = certificates(host)
    first = found[0] if found else {"daysLeft": -1, "path": "no certificate at all"}
    return Finding(
        subject="certificates",
        well=int(str(first["daysLeft"])) >= SOON,
        seen=f"{first['path']} expires first, in {first['daysLeft']} days",
        fix="`pulumi up` renews certificates that are due",
    )


def _backups(host: Host) -> Finding:
    fix = "`journalctl -u quorate-backup` on the node says why; `python -m operations backup` takes one now"
    try:
        backups = parse((Memory(host).wanted / "node.json").read_bytes(), at="node.json")["backups"]
        to = folder.store(host)
    except (Malformed, OSError) as error:
        return Finding(subject="backups", well=False, seen=str(error), fix=fix)
    if to is None:
        return Finding(subject="backups", well=True, seen="in a bucket, which has its own alarm", fix=fix)
    failed = Services(host).state("quorate-backup.service").found.startswith("failed")
    limit = LATE * backups["everyHours"].number() * 3600
    kept = folder.kept(host.path(to.directory))
    if not kept:
        # A new node may not have had its first turn yet.
        since = time.time() - (Memory(host).wanted / "node.json").stat().st_mtime
        seen = f"none yet in {to.directory}; this node is {since / 3600:.1f} h old"
        return Finding(subject="backups", well=since < limit and not failed, seen=seen, fix=fix)
    age = (datetime.now(UTC) - datetime.fromisoformat(kept[0].about.at)).total_seconds()
    seen = (
        f"{len(kept)} in {to.directory}, the newest {age / 3600:.1f} h old{'; the last one failed' if failed else ''}"
    )
    return Finding(subject="backups", well=age < limit and not failed, seen=seen, fix=fix)


def _surroundings(host: Host, wanted: Wanted) -> Iterator[Finding]:
    """Checks for other programs that interfere with the node, now or after the next boot."""
    checks = (
        (
            "surroundings",
            list(disturbances(host)),
            "nothing on the machine interferes with the node",
            "fix the listed problems",
        ),
        (
            "after a reboot",
            after_a_reboot(host, wanted),
            "a reboot would change nothing",
            "`pulumi up --refresh` overrides the listed files",
        ),
    )
    for subject, problems, seen, fix in checks:
        yield Finding(subject=subject, well=not problems, seen="; ".join(problems) or seen, fix=fix)


def _proof(host: Host, wanted: Wanted) -> Iterator[Finding]:
    """Whether a member was recently started from the newest snapshot and its content read."""
    if not any(file.path.endswith(f"/{PROOF_TIMER}") for file in wanted.files):
        return
    fix = "`journalctl -u quorate-proof` on the node says why; `systemctl start quorate-proof` there repeats it"
    proof = last(host)
    if proof is None:
        since = time.time() - (Memory(host).wanted / "node.json").stat().st_mtime
        seen = f"none yet; this node is {since / 3600:.1f} h old"
        yield Finding(subject="proof of backups", well=since < PROOF_SECONDS, seen=seen, fix=fix)
        return
    seen = f"{proof.snapshot}, {proof.age_seconds / 3600:.1f} h ago: {proof.seen}"
    yield Finding(subject="proof of backups", well=proof.well and proof.age_seconds < PROOF_SECONDS, seen=seen, fix=fix)


def _clock() -> Finding:
    """`seen` is the time, for the caller to compare."""
    return Finding(subject="clock", well=True, seen=f"{time.time():.3f}", fix="")


def _etcd(cluster: Cluster) -> Iterator[Finding]:
    try:
        members = cluster.look().members
    except EtcdRefused as error:
        yield Finding(
            subject="etcd members", well=False, seen=str(error), fix="check the healthcheck-client certificate"
        )
        return
    names = sorted(m.name for m in members or () if not m.learner)
    wanted = sorted(m.name for m in cluster.wanted)
    own = cluster.health(cluster.me.client_url)
    yield Finding(
        subject="etcd members",
        well=names == wanted,
        seen="no quorum" if members is None else f"voters {', '.join(names)}",
        fix=f"the members should be {', '.join(wanted)}: run `pulumi up --refresh`; without a quorum "
        "see docs/disaster-recovery.md",
    )
    if not isinstance(own, MemberStatus):
        yield Finding(subject="etcd health", well=False, seen=own, fix="`journalctl -u etcd` on the node says why")
        return
    leader = next((m.name for m in members or () if m.id == own.leader), f"{own.leader:x}")
    yield Finding(
        subject="etcd health",
        well=not own.errors,
        seen="; ".join(own.errors) or f"cluster {own.cluster:x}, leader {leader}, {own.version}",
        fix="`etcdctl alarm list` on the node; NOSPACE: see docs/operations/defragment.md",
    )
    full = own.database_bytes / own.quota_bytes if own.quota_bytes else 0.0
    yield Finding(
        subject="etcd space",
        well=full < FULL,
        seen=f"{own.database_bytes / 1024**2:.1f} MiB, {full:.0%} of the quota; {own.used_bytes / 1024**2:.1f} in use",
        fix="`python -m operations defragment`; if most of it is in use, find the heavy writer or raise the quota",
    )


def _control_plane(host: Host, wanted: Wanted) -> Iterator[Finding]:
    seen = readiness(wanted.manifest.address, API_PORT, authority=host.path(f"{PKI}/ca.crt"))
    yield Finding(
        subject="API server",
        well=seen is None,
        seen=seen or f"https://{wanted.manifest.address}:{API_PORT}/readyz is ok",
        fix="the failing checks are listed; `crictl logs` or /var/log/pods on the node",
    )
    for name, port in (("controller-manager", CONTROLLER_MANAGER), ("scheduler", SCHEDULER)):
        problem = readiness("127.0.0.1", port, authority=None, path="/healthz")
        yield Finding(
            subject=name, well=problem is None, seen=problem or "healthy", fix=f"/var/log/pods/kube-system_kube-{name}*"
        )
    try:
        said = loopback(KUBELET, "/healthz")
    except OSError as error:
        said = str(error)
    yield Finding(subject="kubelet", well=said == "ok", seen=said, fix="`journalctl -u kubelet` on the node says why")


def _encryption(host: Host, cluster: Cluster) -> Iterator[Finding]:
    configuration = host.path(ENCRYPTION)
    text = configuration.read_text() if configuration.exists() else ""
    if not 0 <= text.find("secretbox:") < text.find("identity:"):
        return  # the first provider writes: encryption is off
    fix = "objects that were written before encryption was enabled stay in plain text until they are rewritten"
    try:
        values = cluster.etcd.values(SECRETS, limit=LOOKED_AT)
    except (Unreachable, EtcdRefused) as error:
        yield Finding(subject="encryption at rest", well=False, seen=str(error), fix=fix)
        return
    plain = sum(not value.startswith(ENCRYPTED) for value in values)
    seen = f"{len(values)} secrets checked, {plain} of them not encrypted"
    yield Finding(subject="encryption at rest", well=not plain, seen=seen, fix=fix)
