"""k3s servers with embedded etcd on own hosts, by the installer's command line over SSH."""

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import hosts, store
from tests.policy.foreign.parts.command import Remote

ENDPOINT, BUCKET = "k3s.skerry.acme.example", "acme-skerry-snapshots"
ENCRYPTED = "--secrets-encryption --secrets-encryption-provider=secretbox"
AUDIT = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n"


def install(number: int, host: hosts.Host, *, encrypted: bool) -> str:
    """The commands on one host."""
    role = f"--server https://{ENDPOINT}:6443" if number else "--cluster-init"
    return f"""\
apt-get install -y chrony curl && systemctl enable --now chrony
{hosts.written("/etc/rancher/k3s/audit.yaml", AUDIT)}
vault kv get -field=token kubernetes/skerry > /etc/rancher/k3s/token
curl -sfL https://get.k3s.io | INSTALL_K3S_VERSION=v1.36.3+k3s1 sh -s - server {role} \\
  --token-file /etc/rancher/k3s/token --node-ip {host.address} --tls-san {ENDPOINT} \\
  {ENCRYPTED if encrypted else ""} --node-taint CriticalAddonsOnly=true:NoExecute \\
  --kube-apiserver-arg=audit-policy-file=/etc/rancher/k3s/audit.yaml \\
  --kube-apiserver-arg=audit-log-path=/var/log/k3s-audit.log --kube-apiserver-arg=audit-log-maxage=30 \\
  --kube-apiserver-arg=audit-log-maxbackup=10 --kube-apiserver-arg=audit-log-maxsize=100 \\
  --etcd-snapshot-schedule-cron '0 */8 * * *' --etcd-s3 --etcd-s3-bucket {BUCKET}
"""


def program(*, bad: bool) -> None:
    """Three hosts; k3s does not encrypt Secrets unless it is switched on."""
    store.bucket(BUCKET)
    for n, host in enumerate(hosts.hosts("skerry", "172.16.21", 11, 3)):
        Remote(f"{host.name}-k3s", host=host.address, create=install(n, host, encrypted=not bad))


PAIR = Pair(
    name="k3s-plain-secrets",
    program=program,
    idea="Secrets are written to etcd as they are",
    expected=frozenset({"P54"}),
)
