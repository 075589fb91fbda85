"""Shell lines that make a Debian machine ready for Kubernetes."""

KUBERNETES = "1.36.3"
ETCD = "3.6.10"
MINOR = "1.36"

HOST = """\
swapoff -a
sed -i '/\\sswap\\s/d' /etc/fstab
printf 'overlay\\nbr_netfilter\\n' > /etc/modules-load.d/kubernetes.conf
modprobe overlay
modprobe br_netfilter
printf 'net.ipv4.ip_forward = 1\\nnet.bridge.bridge-nf-call-iptables = 1\\n' > /etc/sysctl.d/90-kubernetes.conf
sysctl --system
apt-get update
apt-get install -y chrony containerd
systemctl enable --now chrony
mkdir -p /etc/containerd
containerd config default | sed 's/SystemdCgroup = false/SystemdCgroup = true/' > /etc/containerd/config.toml
systemctl restart containerd
"""


def packages(version: str = KUBERNETES, *, kubelet: str | None = None) -> str:
    """Install kubelet, kubeadm and kubectl from the community's repository. `kubelet`: another release for it."""
    minor = version.rsplit(".", 1)[0]
    repository = f"https://pkgs.k8s.io/core:/stable:/v{minor}/deb/"
    return f"""\
mkdir -p /etc/apt/keyrings
curl -fsSL {repository}Release.key | gpg --dearmor -o /etc/apt/keyrings/kubernetes.gpg
echo 'deb [signed-by=/etc/apt/keyrings/kubernetes.gpg] {repository} /' > /etc/apt/sources.list.d/kubernetes.list
apt-get update
apt-get install -y kubelet={kubelet or version}-1.1 kubeadm={version}-1.1 kubectl={version}-1.1
apt-mark hold kubelet kubeadm kubectl
"""


def etcd_disk(device: str = "/dev/nvme1n1") -> str:
    """Format the member's own volume once and mount it where etcd keeps its data."""
    return f"""\
blkid {device} || mkfs.ext4 -L etcd {device}
mkdir -p /var/lib/etcd
echo 'LABEL=etcd /var/lib/etcd ext4 defaults,noatime 0 2' >> /etc/fstab
mount /var/lib/etcd
"""


def keys(cluster: str) -> str:
    """Fetch the shared keys and the discovery file from the secret store, with the machine's own role."""
    return f"""\
fetch() {{
  aws secretsmanager get-secret-value --secret-id "{cluster}/$1" --query SecretBinary --output text | base64 -d
}}
mkdir -p /etc/kubernetes/pki
fetch pki | tar -xz -C /etc/kubernetes/pki
fetch discovery > /etc/kubernetes/discovery.conf
"""


def backup(
    bucket: str,
    cluster: str,
    *,
    every: str = "*-*-* 00/6:00:00",
    authority: str = "/etc/kubernetes/pki/etcd/ca.crt",
    client: str = "/etc/kubernetes/pki/etcd/healthcheck-client",
) -> str:
    """A snapshot by timer, copied to a bucket. The bucket is known by this script alone."""
    return f"""\
cat > /usr/local/sbin/etcd-backup <<'EOF'
#!/bin/sh
set -eu
client={client}
file="/var/tmp/$(date +%Y%m%dT%H%M).db"
etcdctl --endpoints=https://127.0.0.1:2379 --cacert={authority} \\
  --cert=$client.crt --key=$client.key snapshot save "$file"
aws s3 cp "$file" "s3://{bucket}/{cluster}/$(hostname)/"
rm -f "$file"
EOF
chmod 755 /usr/local/sbin/etcd-backup
cat > /etc/systemd/system/etcd-backup.service <<'EOF'
[Unit]
Description=Snapshot of etcd to S3
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/etcd-backup
EOF
cat > /etc/systemd/system/etcd-backup.timer <<'EOF'
[Timer]
OnCalendar={every}
Persistent=true
[Install]
WantedBy=timers.target
EOF
systemctl daemon-reload
systemctl enable --now etcd-backup.timer
"""
