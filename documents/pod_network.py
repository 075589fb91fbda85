"""The pod network `routed`: pods are reached through their node, without tunnels (requirements ADD-01, BOOT-16).

Every pod has its own link to its node (the plugin `ptp`), so all its traffic is routed by the node, even to a
neighbour. Behind a bridge, responses of a neighbour would bypass the firewall's connection tracking of a Service,
unless the kernel module br_netfilter redirects them.
"""

import json
from collections.abc import Iterator

from documents.file import File
from documents.places import CONFIGURATION, UNITS
from plan import Node, Plan
from plan.network.pod_network import routed

CONFLIST = "/etc/cni/net.d/10-quorate.conflist"
ROUTES = f"{CONFIGURATION}/pod-network/routes"
MASQUERADE = f"{CONFIGURATION}/pod-network/masquerade.nft"
FORWARD = f"{CONFIGURATION}/pod-network/forward"
UNIT = "quorate-pod-network"
TABLE = "quorate-pods"
# Marks our routes, to distinguish those to removed nodes from the administrator's. Numbers from 5 to 253 are free,
# except those that iproute2 lists in /etc/iproute2/rt_protos.
ROUTE_PROTOCOL = 78
LEASES = "/run/quorate/pod-addresses"  # in memory: after a boot there are no pods, and all addresses are free


def files(plan: Plan, node: Node) -> tuple[File, ...]:
    """No files if another program provides the network."""
    if not routed(plan.settings):
        return ()
    return (
        File(path=CONFLIST, content=conflist(node), step="pod-network"),
        File(path=ROUTES, content=routes(plan, node), step="pod-network"),
        File(path=MASQUERADE, content=masquerade(plan, node), step="pod-network"),
        File(path=FORWARD, content=forward(plan), mode=0o755, step="pod-network"),
        File(path=f"{UNITS}/{UNIT}.service", content=SERVICE, step="pod-network"),
        File(path=f"{UNITS}/{UNIT}.timer", content=TIMER, step="pod-network"),
    )


def conflist(node: Node) -> str:
    """The list of CNI plugins that containerd runs for every pod."""
    everywhere = {4: "0.0.0.0/0", 6: "::/0"}
    plugins = [
        {
            "type": "ptp",
            # The plugin does not masquerade: it would also hide pods from pods of other nodes.
            "ipMasq": False,
            "ipam": {
                "type": "host-local",
                "ranges": [[{"subnet": str(network)}] for network in node.pod_ranges],
                "routes": [{"dst": everywhere[network.version]} for network in node.pod_ranges],
                "dataDir": LEASES,
            },
        },
        # hostPort of pods
        {"type": "portmap", "capabilities": {"portMappings": True}, "backend": "nftables"},
    ]
    return json.dumps({"cniVersion": "1.0.0", "name": "quorate", "plugins": plugins}, indent=2) + "\n"


def routes(plan: Plan, node: Node) -> str:
    """Input of `ip -batch`: a line for each other node (except on AWS, where route tables of the VPC have these
    routes), and one for the node's own pods.

    Packets to an address without a pod are rejected immediately. Otherwise they would be sent to the gateway, and after
    a power cut clients would wait for pods that no longer exist: a starting API server waits three seconds for
    metrics-server (measured).
    """
    own = (f"route replace unreachable {network} proto {ROUTE_PROTOCOL}\n" for network in node.pod_ranges)
    return "".join((*_routes(plan, node), *own))


def _routes(plan: Plan, node: Node) -> Iterator[str]:
    if plan.settings.kind == "aws":
        return
    for other in plan.kubernetes_nodes:
        if other.name != node.name:
            for network in other.pod_ranges:
                yield f"route replace {network} via {other.address} proto {ROUTE_PROTOCOL}\n"


def masquerade(plan: Plan, node: Node) -> str:
    """Input of `nft --file`: pods keep their address inside the cluster and use their node's address elsewhere."""
    (own,) = node.pod_ranges  # `plan.validation.pod_network` accepts one family only
    family = "ip" if own.version == 4 else "ip6"  # noqa: PLR2004  IP's version
    inside = [str(network) for network in plan.settings.network.pods]
    inside += [str(other.address) for other in plan.kubernetes_nodes]
    known = ", ".join(inside)
    # The first line creates the table, so that the second can delete it: the file can be loaded again at any time,
    # atomically.
    return f"""table {family} {TABLE}
delete table {family} {TABLE}
table {family} {TABLE} {{
	chain postrouting {{
		type nat hook postrouting priority srcnat; policy accept;
		{family} saddr {own} {family} daddr != {{ {known} }} masquerade fully-random
	}}
}}
"""


def forward(plan: Plan) -> str:
    """The script that lets pods through firewalls that drop forwarded packets (Docker, ufw: FORWARD policy DROP).

    An accept in our own table would not help: a packet has to pass every base chain of the hook. Chains that reject
    packets with a final rule instead of a policy (firewalld) are left alone.
    """
    lines = "".join(
        f"  allow {'ip' if network.version == 4 else 'ip6'} {network}\n"  # noqa: PLR2004  IP's version
        for network in plan.settings.network.pods
    )
    return f"""#!/bin/sh
# iptables first, so that it can still list its own table afterwards.
allow() {{
  case $family in inet|$1) ;; *) return;; esac
  tables=iptables
  [ "$1" = ip6 ] && tables=ip6tables
  for side in s:saddr d:daddr; do
    # nft does not show the comment of a rule of iptables, so iptables itself says whether it is there.
    set -- "$1" "$2" FORWARD "-${{side%:*}}" "$2" -m comment --comment {TABLE} -j ACCEPT
    if [ "$table $chain" = "filter FORWARD" ] && [ "$family" != inet ]; then
      (shift 2; $tables -w -C "$@" || $tables -w -I "$@") 2>/dev/null && continue
    fi
    nft insert rule "$family" "$table" "$chain" "$1" "${{side#*:}}" "$2" counter accept comment '"{TABLE}"'
  done
}}
nft list chains | awk '
  $1 == "table" {{ table = $2 " " $3 }}
  $1 == "chain" {{ chain = $2 }}
  /hook forward/ && /policy drop/ {{ print table, chain }}
' | while read -r family table chain; do
  nft list chain "$family" "$table" "$chain" | grep -q '"{TABLE}"' && continue
{lines}done
"""


SERVICE = f"""[Unit]
Description=Pod network of this node: routes to the pods of the others, masquerading of its own
Wants=network-online.target
After=network-online.target
Before=kubelet.service
StartLimitIntervalSec=0

[Service]
Type=oneshot
ExecStart=/usr/sbin/nft --file {MASQUERADE}
ExecStart=-/bin/sh {FORWARD}
ExecStart=/usr/sbin/ip -force -batch {ROUTES}
# An interface may get its address after this.
Restart=on-failure
RestartSec=1
# No line in the journal for every run of the timer.
LogLevelMax=notice
"""

TIMER = """[Unit]
Description=Pod network of this node: now, and again in case that somebody took it away

[Timer]
OnActiveSec=0
# Whoever restarts the network or the firewall also takes away what is not his.
OnUnitInactiveSec=20
AccuracySec=1

[Install]
WantedBy=multi-user.target
"""
