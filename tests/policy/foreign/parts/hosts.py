"""Machines that a team already has, set up over SSH."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from tests.policy.foreign.parts import setup
from tests.policy.foreign.parts.command import Remote
from tests.policy.foreign.parts.kubeadm import Kubeadm, files, here_documents


@dataclass(frozen=True)
class Host:
    """A machine with Debian and an SSH server."""

    name: str
    address: str


def hosts(prefix: str, network: str, first: int, count: int) -> tuple[Host, ...]:
    """`network`: the first three numbers of their addresses."""
    return tuple(Host(f"{prefix}{n + 1}", f"{network}.{first + n}") for n in range(count))


def vault(cluster: str) -> str:
    """Fetch the shared keys and the discovery file from the team's vault with the machine's own identity."""
    return f"""\
mkdir -p /etc/kubernetes/pki
vault kv get -field=pki kubernetes/{cluster} | base64 -d | tar -xz -C /etc/kubernetes/pki
vault kv get -field=discovery kubernetes/{cluster} > /etc/kubernetes/discovery.conf
"""


def stacked(cluster: Kubeadm, nodes: Sequence[Host], bucket: str) -> list[Remote]:
    """kubeadm on every node, the first before the others."""
    made: list[Remote] = []
    for n, node in enumerate(nodes):
        steps = [setup.HOST, setup.packages(), vault(cluster.name), here_documents(files(n, cluster))]
        steps += [f"test -e /etc/kubernetes/admin.conf || {cluster.command(n)}\n", setup.backup(bucket, cluster.name)]
        after = pulumi.ResourceOptions(depends_on=made[:1])
        text = "set -eu\n" + "".join(steps)
        made.append(Remote(f"{node.name}-kubeadm", host=node.address, create=text, opts=after))
    return made


def keepalived(
    me: Host,
    peers: Sequence[Host],
    address: str,
    *,
    priority: int,
    state: str = "BACKUP",
    router: int = 61,
    check: str
    | None = "/usr/bin/curl -sf --cacert /etc/ssl/certs/kubernetes.pem -o /dev/null https://127.0.0.1:6443/readyz",
) -> str:
    """keepalived.conf of one machine. `check=None`: nothing takes the address away from it."""
    script = f'vrrp_script api {{\n  script "{check}"\n  interval 3\n  fall 2\n  rise 2\n}}\n' if check else ""
    tracked = "  track_script {\n    api\n  }\n" if check else ""
    others = "".join(f"    {peer.address}\n" for peer in peers if peer != me)
    return f"""\
global_defs {{
  router_id {me.name}
  enable_script_security
  script_user nobody
}}
{script}vrrp_instance API {{
  state {state}
  interface eth0
  virtual_router_id {router}
  priority {priority}
  advert_int 1
  unicast_src_ip {me.address}
  unicast_peer {{
{others}  }}
  virtual_ipaddress {{
    {address}/24
  }}
{tracked}}}
"""


def written(path: str, text: str) -> str:
    """Shell lines that write one file."""
    return f"cat > {path} <<'CONF'\n{text}CONF\n"
