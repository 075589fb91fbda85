"""An HTTP proxy for apt, containerd and the kubelet. The agent's own downloads read it from node.json."""

from documents.balancing import role
from documents.file import File
from documents.places import UNITS
from plan import Node, Plan
from plan.network.proxy import environment

APT = "/etc/apt/apt.conf.d/90-quorate-proxy"
DROP_IN = "20-quorate-proxy.conf"


def files(plan: Plan, node: Node) -> tuple[File, ...]:
    """No files without a proxy. A balancer runs neither containerd nor a kubelet."""
    found = environment(plan.settings)
    if not found:
        return ()
    apt = File(path=APT, content=_apt(plan), step="system")
    if role(plan, node) == "balancer":
        return (apt,)
    return (
        apt,
        File(path=f"{UNITS}/containerd.service.d/{DROP_IN}", content=_drop_in(plan), step="runtime"),
        File(path=f"{UNITS}/kubelet.service.d/{DROP_IN}", content=_drop_in(plan), step="kubelet"),
    )


def _drop_in(plan: Plan) -> str:
    # A % is a specifier of systemd unless it is doubled.
    lines = (f'Environment="{name}={value.replace("%", "%%")}"' for name, value in environment(plan.settings).items())
    return "\n".join(["[Service]", *lines, ""])


def _apt(plan: Plan) -> str:
    """apt knows exceptions by host only, not by range or domain."""
    found = environment(plan.settings)
    hosts = [one for one in plan.settings.proxy.no_proxy if "/" not in one and ":" not in one and one[0] != "."]
    lines = []
    for scheme, name in (("http", "HTTP_PROXY"), ("https", "HTTPS_PROXY")):
        lines.append(f'Acquire::{scheme}::Proxy "{found[name]}";')
        lines += [f'Acquire::{scheme}::Proxy::{host} "DIRECT";' for host in hosts]
    return "\n".join([*lines, ""])
