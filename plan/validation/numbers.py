"""Limits of numbers that do not depend on other settings. A test checks that every number in the settings has limits.

Sources: Elastic Load Balancing, EBS, S3 and CloudWatch quotas; RFC 9568 (VRRP); etcd's and Kubernetes' own limits. If
no program has a limit, the upper one is far above every sensible value, so that a typo of three digits is noticed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.validation.leaves import leaves

GIB = 2**30


@dataclass(frozen=True, kw_only=True)
class Limits:
    """From `least` to `most`, both included. `fix` names a good value."""

    least: float
    most: float
    why: str
    fix: str
    unit: str = ""


def _limits(least: float, most: float, why: str, fix: str, unit: str = "") -> Limits:
    return Limits(least=least, most=most, why=why, fix=fix, unit=unit)


_PORT = _limits(1, 65_535, "every host is reached by SSH on this port", "usually 22")
_GENERATION = _limits(1, 9_999, "generations are counted from 1, and numbers are part of names", "such as [1]")
_QUOTA = _limits(0, 1_000_000, "it is a number of objects in etcd", "leave it out for the default")
_OFTEN = _limits(
    1, 24, "writes since the last snapshot are lost with the cluster; the timer repeats daily", "use 6", " h"
)

LIMITS: Mapping[str, Limits] = {
    **{f"{hosts}[].sshPort": _PORT for hosts in ("nodes", "workers", "balancers")},
    "ssh.port": _PORT,
    "endpoint.port": _limits(1, 29_999, "higher ports belong to NodePorts and to outgoing connections", "use 8443"),
    "endpoint.virtualIp.routerId": _limits(
        1, 255, "VRRP has 8 bits for it", "use a number that no other group in the network segment has"
    ),
    # Below 0.05 s, an ordinary scheduling delay of 0.15 s moves the address; the field has 12 bits (RFC 9568).
    "endpoint.virtualIp.advertSeconds": _limits(
        0.05,
        40.95,
        "with a shorter interval a busy host would lose the address, and VRRP does not allow a longer one",
        "use 0.3",
        " s",
    ),
    "etcd.heartbeatMs": _limits(1, 10_000, "it is about one round trip between members", "use 100 in one site", " ms"),
    "etcd.electionMs": _limits(
        5, 50_000, "etcd refuses more, and the cluster has no leader for that long", "use 1000 in one region", " ms"
    ),
    "etcd.roundTripMs": _limits(
        0.001,
        5_000,
        "an election timeout is at least ten of them, and etcd's limit is 50 s",
        "measure it with `ping`",
        " ms",
    ),
    "etcd.quotaBytes": _limits(
        16 * 2**20,
        8 * GIB,
        "an empty cluster already needs a few MiB, and a database of more than 8 GiB takes minutes to load and to send",
        f"use {4 * GIB} (4 GiB)",
        " bytes",
    ),
    "certificates.authorityHours": _limits(
        25,
        87_600,
        "the algorithm must stay secure that long; ten years is kubeadm's default",
        "use 87600 (ten years)",
        " h",
    ),
    "certificates.leafHours": _limits(
        24,
        8_760,
        "a stolen key is valid that long; with a shorter lifetime, leaves expire between updates",
        "use 8760 (one year)",
        " h",
    ),
    "certificates.earlyRenewalHours": _limits(
        1,
        8_759,
        "at 0 a leaf is renewed only after it has expired",
        "leave it out: 720, or a third of the lifetime",
        " h",
    ),
    **{f"certificates.generations.{name}[]": _GENERATION for name in ("cluster", "etcd", "frontProxy")},
    "controlPlane.encryptionKeys[]": _GENERATION,
    "controlPlane.audit.maxAgeDays": _limits(1, 3_650, "0 means forever, and the log would fill the disk", "use 30"),
    "controlPlane.audit.maxBackups": _limits(1, 1_000, "0 keeps all files, and the log would fill the disk", "use 10"),
    "controlPlane.audit.maxSizeMegabytes": _limits(1, 10_000, "the log would fill the disk", "use 100"),
    "backups.everyHours": _OFTEN,
    "backups.keep": _limits(
        2, 10_000, "if an error is noticed late, the newest snapshot already contains it", "use 28"
    ),
    "localMachines.memoryMegabytes": _limits(
        256, 1_048_576, "a control plane does not start with less memory", "leave it out for no limit", " MB"
    ),
    "addons.coreDns.atLeast": _limits(1, 100, "it is a number of replicas", "leave it out for the default"),
    "addons.coreDns.cores": _limits(1, 1_000_000, "replicas are computed from it", "leave it out"),
    "addons.coreDns.coresPerReplica": _limits(1, 100_000, "the number of replicas is a quotient of it", "use 256"),
    "addons.coreDns.nodesPerReplica": _limits(1, 5_000, "the number of replicas is a quotient of it", "use 16"),
    "addons.metricsServer.replicas": _limits(
        1, 10, "it is a number of replicas", "use 2; `enabled: false` switches it off"
    ),
    # metrics-server's FAQ: kubelets compute metrics every 10 to 15 s.
    "addons.metricsServer.resolutionSeconds": _limits(
        10, 3_600, "kubelets do not measure more often, and autoscaling needs fresh values", "use 15", " s"
    ),
    **{
        f"addons.namespaces[].quota.{key}": _QUOTA
        for key in ("pods", "persistentVolumeClaims", "loadBalancers", "nodePorts", "secrets", "configMaps")
    },
    "aws.loadBalancer.deregistrationSeconds": _limits(0, 3_600, "AWS accepts no other delay", "use 30", " s"),
    "aws.machines.rootGibibytes": _limits(
        16, 16_384, "it holds container images, logs and a snapshot before its upload", "use 30", " GiB"
    ),
    "aws.machines.etcdVolume.gibibytes": _limits(4, 65_536, "EBS has no larger volumes", "use 20", " GiB"),
    "aws.network.flowLogDays": _limits(0, 3_653, "CloudWatch has no longer retention", "use 30; 0 means no flow logs"),
    "aws.network.openings[].port": _limits(1, 65_535, "it is opened between the nodes", "such as 8472"),
    "aws.access.proxyPort": _limits(1_024, 65_535, "ports below 1024 need root", "leave it out"),
    "aws.backups.everyHours": _OFTEN,
    "aws.backups.keepDays": _limits(1, 36_500, "an error that is noticed late needs an old snapshot", "use 30"),
    "aws.backups.objectLockDays": _limits(1, 36_500, "S3 has no other retention", "leave it out for no lock"),
    "aws.watch.certificateDays": _limits(1, 364, "a leaf lives for a year at most", "leave it out"),
    "aws.watch.leaderChanges": _limits(1, 1_000, "at 0 or less the alarm triggers in a healthy cluster", "use 3"),
}


def limits(settings: Settings) -> Iterator[Refusal]:
    """Every number outside its limits."""
    for leaf in leaves(settings):
        bounds, value = LIMITS.get(leaf.kind), leaf.value
        if bounds is None or isinstance(value, bool) or not isinstance(value, (int, float)):
            continue
        if not bounds.least <= value <= bounds.most:
            yield Refusal(
                at=leaf.at,
                what=f"from {_plain(bounds.least)} to {_plain(bounds.most)}{bounds.unit}",
                found=value,
                why=bounds.why,
                fix=bounds.fix,
            )


def _plain(number: float) -> str:
    return f"{number:g}" if isinstance(number, float) else str(number)
