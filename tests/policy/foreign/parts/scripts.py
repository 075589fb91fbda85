"""User data of a stacked kubeadm node as one shell script."""

from tests.policy.foreign.parts import setup
from tests.policy.foreign.parts.kubeadm import Kubeadm, files, here_documents


def shell(number: int, cluster: Kubeadm, bucket: str | None, *, disk: str | None = "/dev/nvme1n1") -> str:
    """`bucket=None`: this node takes no backups. `disk=None`: etcd's data is on the root disk."""
    mount = setup.etcd_disk(disk) if disk else ""
    steps = [setup.HOST, setup.packages(cluster.version), mount, setup.keys(cluster.name)]
    steps += [here_documents(files(number, cluster)), f"{cluster.command(number)}\n"]
    return "#!/bin/bash\n" + "".join(steps) + (setup.backup(bucket, cluster.name) if bucket else "")
