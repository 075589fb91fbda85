"""Units and documents of a control plane by hand, and how they reach a host."""

from collections.abc import Sequence

import pulumi

from tests.policy.foreign.parts import setup
from tests.policy.foreign.parts.command import Remote
from tests.policy.foreign.parts.hard_way import Issued
from tests.policy.foreign.parts.hosts import Host, written
from tests.policy.foreign.parts.kubeadm import AUDIT, ENCRYPTION

ETC = "/etc/kubernetes"
PREPARE = f"""\
set -eu
apt-get update
apt-get install -y chrony
systemctl enable --now chrony
for program in kube-apiserver kube-controller-manager kube-scheduler; do
  curl -fsSL -o /usr/local/bin/$program https://dl.k8s.io/v{setup.KUBERNETES}/bin/linux/amd64/$program
  curl -fsSL https://dl.k8s.io/v{setup.KUBERNETES}/bin/linux/amd64/$program.sha256 > /tmp/sum
  echo "$(cat /tmp/sum)  /usr/local/bin/$program" | sha256sum --check
  chmod 755 /usr/local/bin/$program
done
curl -fsSL https://github.com/etcd-io/etcd/releases/download/v{setup.ETCD}/etcd-v{setup.ETCD}-linux-amd64.tar.gz \\
  | tar -xz -C /usr/local/bin --strip-components=1
"""


def service(name: str, flags: Sequence[str]) -> str:
    """A systemd unit for one program."""
    lines = " \\\n".join(f"  {flag}" for flag in flags)
    return (
        f"[Unit]\nDescription={name}\n[Service]\nExecStart=/usr/local/bin/{name} \\\n{lines}\n"
        "Restart=on-failure\n[Install]\nWantedBy=multi-user.target\n"
    )


def etcd(me: Host, everyone: Sequence[Host], token: str) -> list[str]:
    """etcd's flags."""
    listed = ",".join(f"{host.name}=https://{host.address}:2380" for host in everyone)
    pki = [f"--{peer}{option}={ETC}/{file}" for peer in ("", "peer-") for option, file in (
        ("cert-file", "etcd.crt"), ("key-file", "etcd.key"), ("trusted-ca-file", "etcd-ca.crt")
    )]  # fmt: skip
    return [
        f"--name={me.name}",
        f"--initial-advertise-peer-urls=https://{me.address}:2380",
        f"--listen-peer-urls=https://{me.address}:2380",
        f"--listen-client-urls=https://{me.address}:2379,https://127.0.0.1:2379",
        f"--advertise-client-urls=https://{me.address}:2379",
        f"--initial-cluster={listed}",
        f"--initial-cluster-token={token}",
        "--client-cert-auth",
        "--peer-client-cert-auth=true",
        "--data-dir=/var/lib/etcd",
        *pki,
    ]


def api_server(me: Host, everyone: Sequence[Host], endpoint: str) -> list[str]:
    """kube-apiserver's flags."""
    values = {
        "advertise-address": me.address,
        "etcd-servers": ",".join(f"https://{host.address}:2379" for host in everyone),
        "etcd-cafile": f"{ETC}/etcd-ca.crt",
        "etcd-certfile": f"{ETC}/etcd-client.crt",
        "etcd-keyfile": f"{ETC}/etcd-client.key",
        "client-ca-file": f"{ETC}/ca.crt",
        "tls-cert-file": f"{ETC}/apiserver.crt",
        "tls-private-key-file": f"{ETC}/apiserver.key",
        "kubelet-certificate-authority": f"{ETC}/ca.crt",
        "kubelet-client-certificate": f"{ETC}/kubelet-client.crt",
        "kubelet-client-key": f"{ETC}/kubelet-client.key",
        "service-account-key-file": f"{ETC}/sa.pub",
        "service-account-signing-key-file": f"{ETC}/sa.key",
        "service-account-issuer": f"https://{endpoint}:6443",
        "service-cluster-ip-range": "10.32.0.0/24",
        "requestheader-client-ca-file": f"{ETC}/front-proxy-ca.crt",
        "requestheader-allowed-names": "front-proxy-client",
        "requestheader-username-headers": "X-Remote-User",
        "requestheader-group-headers": "X-Remote-Group",
        "requestheader-extra-headers-prefix": "X-Remote-Extra-",
        "proxy-client-cert-file": f"{ETC}/front-proxy.crt",
        "proxy-client-key-file": f"{ETC}/front-proxy.key",
        "authorization-mode": "Node,RBAC",
        "enable-admission-plugins": "NodeRestriction",
        "encryption-provider-config": f"{ETC}/encryption.yaml",
        "audit-policy-file": f"{ETC}/audit.yaml",
        "audit-log-path": "/var/log/kube-audit.log",
        "audit-log-maxage": "30",
        "audit-log-maxbackup": "10",
        "audit-log-maxsize": "100",
    }
    return [f"--{name}={value}" for name, value in values.items()]


def controllers(cluster: str, *, elects: bool = True) -> list[str]:
    """kube-controller-manager's flags."""
    return [
        f"--cluster-name={cluster}",
        "--cluster-cidr=10.200.0.0/16",
        "--service-cluster-ip-range=10.32.0.0/24",
        f"--kubeconfig={ETC}/controller-manager.conf",
        f"--cluster-signing-cert-file={ETC}/ca.crt",
        f"--cluster-signing-key-file={ETC}/ca.key",
        f"--root-ca-file={ETC}/ca.crt",
        f"--service-account-private-key-file={ETC}/sa.key",
        "--use-service-account-credentials=true",
        f"--leader-elect={str(elects).lower()}",
    ]


def scheduler() -> list[str]:
    """kube-scheduler's flags."""
    return [f"--kubeconfig={ETC}/scheduler.conf", "--leader-elect=true"]


def files(me: Host, name: str, programs: dict[str, list[str]], bucket: str) -> Remote:
    """Install units and documents on a host and start them."""
    units = "".join(
        written(f"/etc/systemd/system/{unit}.service", service(unit, flags)) for unit, flags in programs.items()
    )
    documents = written(f"{ETC}/encryption.yaml", ENCRYPTION) + written(f"{ETC}/audit.yaml", AUDIT)
    start = f"systemctl daemon-reload\nsystemctl enable --now {' '.join(programs)}\n"
    text = PREPARE + f"mkdir -p {ETC}\n" + documents + units + start
    text += setup.backup(bucket, name, authority=f"{ETC}/etcd-ca.crt", client=f"{ETC}/etcd")
    return Remote(f"{me.name}-units", host=me.address, create=text)


def pem(me: Host, path: str, text: pulumi.Output[str]) -> Remote:
    """Write one key or certificate. It travels on standard input, as a secret."""
    target = f"{ETC}/{path}"
    return Remote(
        f"{me.name}-{path}",
        host=me.address,
        create=f"install -D -m 0600 /dev/stdin {target}",
        stdin=pulumi.Output.secret(text),
    )


def pair(me: Host, name: str, issued: Issued) -> None:
    """Write a key and its certificate."""
    pem(me, f"{name}.crt", issued.certificate)
    pem(me, f"{name}.key", issued.key)
