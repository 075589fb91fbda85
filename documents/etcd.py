"""etcd as a systemd unit: it starts before and independently of the kubelet (requirements ETCD-04, 06, 12, 15)."""

from documents.file import File
from documents.places import ETCD_PKI, UNITS, program
from documents.tls import CIPHER_SUITES, ETCD_MINIMUM
from plan import Node, Plan
from plan.members import CLIENT_PORT, METRICS_PORT, initial_cluster, url

DATA = "/var/lib/etcd/data"


def files(plan: Plan, node: Node) -> tuple[File, ...]:
    """The unit and the environment that only a first start reads."""
    return (
        File(path=f"{UNITS}/etcd.service", content=unit(plan, node), step="etcd"),
        File(path="/etc/etcd/cluster.env", content=cluster_environment(plan), step="etcd"),
    )


def cluster_environment(plan: Plan) -> str:
    """How a cluster starts: the complete member list, the same text on every node.

    etcd reads these only if its data directory is empty. A member that joins a running cluster gets /etc/etcd/join.env
    from the agent, which wins because it is read later.
    """
    return (
        f"ETCD_INITIAL_CLUSTER={initial_cluster(plan.members)}\n"
        # Its own token prevents two clusters from merging if one gets the other's addresses by mistake.
        f"ETCD_INITIAL_CLUSTER_TOKEN=quorate-{plan.settings.cluster}\n"
        "ETCD_INITIAL_CLUSTER_STATE=new\n"
    )


def flags(plan: Plan, node: Node) -> dict[str, str]:
    """etcd's command line without the leading dashes. Durations without a unit are in milliseconds."""
    etcd = plan.settings.etcd
    member = next(m for m in plan.members if m.name == node.name)
    return {
        "name": member.name,
        "data-dir": DATA,
        "listen-peer-urls": member.peer_url,
        "initial-advertise-peer-urls": member.peer_url,
        "listen-client-urls": f"https://127.0.0.1:{CLIENT_PORT},{url(node.address, CLIENT_PORT)}",
        "advertise-client-urls": member.client_url,
        # Health and metrics need no certificate, so they are only served on loopback.
        "listen-metrics-urls": f"http://127.0.0.1:{METRICS_PORT}",
        "cert-file": f"{ETCD_PKI}/server.crt",
        "key-file": f"{ETCD_PKI}/server.key",
        "trusted-ca-file": f"{ETCD_PKI}/ca.crt",
        "client-cert-auth": "true",
        "peer-cert-file": f"{ETCD_PKI}/peer.crt",
        "peer-key-file": f"{ETCD_PKI}/peer.key",
        "peer-trusted-ca-file": f"{ETCD_PKI}/ca.crt",
        "peer-client-cert-auth": "true",
        "tls-min-version": ETCD_MINIMUM,
        "cipher-suites": ",".join(CIPHER_SUITES),
        "heartbeat-interval": str(etcd.heartbeat_ms),
        "election-timeout": str(etcd.election_ms),
        "quota-backend-bytes": str(etcd.quota_bytes),
        "strict-reconfig-check": "true",
        "feature-gates": f"InitialCorruptCheck={str(etcd.initial_corrupt_check).lower()}",
        "corrupt-check-time": "12h",
        # The API server's watch cache needs these for consistent lists; kubeadm sets the same for its own etcd.
        "watch-progress-notify-interval": "5s",
        "logger": "zap",
        "log-level": "info",
    }


def unit(plan: Plan, node: Node) -> str:
    """The systemd unit. systemd creates the data directory with mode 0700 (CIS 1.1.11)."""
    command = " \\\n  ".join([program("etcd", plan.settings), *(f"--{k}={v}" for k, v in flags(plan, node).items())])
    # This limits Go's heap only; the database is memory-mapped and not part of it. A quarter of the quota keeps the
    # collector from growing the heap into memory that the machine's API server needs.
    heap = plan.settings.etcd.quota_bytes // 4 // 1024**2
    return f"""[Unit]
Description=etcd member {node.name} of cluster {plan.settings.cluster}
Documentation=https://etcd.io/docs/
Wants=network-online.target
After=network-online.target
# An unmounted disk must not look like an empty one: that would be a member that lost its data.
RequiresMountsFor=/var/lib/etcd
StartLimitIntervalSec=0

[Service]
# etcd notifies only once there is a quorum: with a timeout, the first machines would be killed while they wait.
Type=notify
TimeoutStartSec=0
EnvironmentFile=/etc/etcd/cluster.env
EnvironmentFile=-/etc/etcd/join.env
Environment=GOMEMLIMIT={heap}MiB
ExecStart={command}
Restart=always
RestartSec=1
StateDirectory=etcd/data
StateDirectoryMode=0700
UMask=0077
NoNewPrivileges=yes
LimitNOFILE=65536
# A late heartbeat is an election: etcd's writes come first, and it is the last to be killed for memory.
IOSchedulingClass=best-effort
IOSchedulingPriority=0
OOMScoreAdjust=-997

[Install]
WantedBy=multi-user.target
"""
