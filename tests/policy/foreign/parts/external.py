"""API servers that come and go in an auto-scaling group; etcd is on machines of its own in the same stack."""

from dataclasses import dataclass

from tests.policy.foreign.parts import members, setup
from tests.policy.foreign.parts.kubeadm import Kubeadm, Tree, files, here_documents
from tests.policy.foreign.parts.members import Around, Member

CLIENT = "/etc/kubernetes/pki/apiserver-etcd-client"


@dataclass(frozen=True)
class External:
    """The members and what is around them."""

    place: Around
    everyone: tuple[Member, ...]

    def etcd(self, *, only_first: bool = False) -> Tree:
        """kubeadm's section on external etcd."""
        listed = self.everyone[:1] if only_first else self.everyone
        return {
            "external": {
                "endpoints": [f"https://{member.address}:2379" for member in listed],
                "caFile": "/etc/kubernetes/pki/etcd/ca.crt",
                "certFile": f"{CLIENT}.crt",
                "keyFile": f"{CLIENT}.key",
            }
        }


def made(name: str, cidr: str) -> External:
    """Three members with a unit, on instances."""
    place = members.around(name, cidr)
    everyone = members.trio(place.home)
    for n, member in enumerate(everyone):
        unit = members.unit(members.options(member, everyone, name), join=" ")
        start = f"cat > /etc/systemd/system/etcd.service <<EOF\n{unit.replace(chr(92), chr(92) * 2)}EOF\n"
        steps = [members.DOWNLOAD, setup.etcd_disk(), members.fetch(name), start, "systemctl enable --now etcd\n"]
        text = "#!/bin/bash\n" + "".join([*steps, members.snapshots(place.bucket, name)])
        place.machine(n, member, text=text)
    return External(place, everyone)


def script(cluster: Kubeadm) -> str:
    """User data of any API server: all keys are shared, so that each may run `kubeadm init` on the same store."""
    steps = [setup.HOST, setup.packages(), setup.keys(cluster.name), here_documents(files(0, cluster))]
    return "#!/bin/bash\nset -e\n" + "".join(steps) + f"{cluster.command(0)} --skip-phases=show-join-command\n"
