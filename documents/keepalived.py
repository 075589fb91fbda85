"""Keepalived: one address that moves to a host whose balancer works (requirements INF-12; RFC 5798, VRRP version 3)."""

from documents.balancing import balancing_hosts, called_back_as
from documents.file import File
from documents.haproxy import MONITOR_PATH, MONITOR_PORT, SERVING_PATH
from documents.network_text import host_port, single
from plan import Node, Plan
from plan.network.virtual_ip import interface as virtual_ip_interface
from plan.settings import VirtualIp

CONFIGURATION = "/etc/keepalived/keepalived.conf"
CHECK = "/etc/keepalived/check-balancer"

# Distinct priorities decide who wins an election between equals; with nopreempt, none of them takes the address away
# from a live owner. 255 means "owns the address" in the protocol, 100 is every vendor's default.
HIGHEST_PRIORITY = 150


def files(plan: Plan, node: Node) -> tuple[File, ...]:
    """One instance with one address; nothing on plans without a virtual IP."""
    virtual_ip = plan.settings.endpoint.virtual_ip
    if virtual_ip is None:
        return ()
    return (
        File(path=CHECK, content=check(plan, node), mode=0o755, step="address"),
        File(path=CONFIGURATION, content=configuration(plan, node, virtual_ip), step="address"),
    )


def check(plan: Plan, node: Node) -> str:
    """The script that decides whether this host may have the address; it takes at most 1.8 s.

    A host that still hears its clients but no longer its peers would keep, or even win, an address behind which nothing
    responds (a cable or a firewall that fails in one direction). It gives up the address if it cannot reach any other
    balancing host and has no ready API server behind it. While a whole cluster starts, no API server is ready, but the
    other hosts respond.

    An owner whose port is closed to the outside cannot detect that by itself. It requests connections from its peers,
    and gives up the address if it serves, at least one peer has tried, and no connection arrived.
    """
    monitor = f"http://127.0.0.1:{MONITOR_PORT}"
    through = f"127.0.0.1:{plan.endpoint.port}"
    peers = [host for host in balancing_hosts(plan) if host.name != node.name]
    virtual_ip = plan.settings.endpoint.virtual_ip
    if not peers or virtual_ip is None:
        return f"#!/bin/sh\nexec curl -sf -m 0.8 -o /dev/null {monitor}{MONITOR_PATH}\n"
    listed = " ".join(host_port(host.address, plan.endpoint.port) for host in peers)
    # nginx has no active checks, so the request goes through it.
    serving = (
        f"{monitor}{SERVING_PATH}" if plan.settings.endpoint.balancer == "haproxy" else f"https://{through}/readyz"
    )
    address, back = single(virtual_ip.address), called_back_as(plan, node)
    return f"""#!/bin/sh
ask() {{ curl -skf -m 0.6 -o /dev/null "$1"; }}
# Whether a peer can connect to this host's port: 0 yes, 1 no, 2 the peer itself does not respond (curl's exit codes:
# 22 is a response of an API server, 7 no connection, 28 a timeout).
called_back() {{
  curl -skf -m 0.6 --connect-to "::$1" -o /dev/null "https://{back}:{plan.endpoint.port}/readyz"
  case $? in 0|22) return 0;; 7|28) return 2;; *) return 1;; esac
}}
calls=
if ip -oneline address show dev {virtual_ip.interface} to {address} | grep -q .; then
  for peer in {listed}; do
    called_back "$peer" &
    calls="$calls $!"
  done
fi
if ask {serving}; then
  closed=0
  for one in $calls; do
    wait "$one"
    case $? in 0) exit 0;; 1) closed=1;; esac
  done
  exit $closed
fi
ask {monitor}{MONITOR_PATH} || exit 1
# Whether a peer's balancer says anything at all.
reached() {{
  curl -sk -m 0.6 -o /dev/null "https://$1/"
  case $? in 7|28) return 1;; esac
}}
ask https://{through}/readyz &
asked=$!
for peer in {listed}; do
  reached "$peer" &
  asked="$asked $!"
done
for one in $asked; do
  wait "$one" && exit 0
done
exit 1
"""


def configuration(plan: Plan, node: Node, virtual_ip: VirtualIp) -> str:
    """keepalived.conf of one host.

    A dead API server must not make the checks of healthy hosts fail. Keepalived only accepts whole seconds as the
    check's interval, regardless of the advert interval.
    """
    hosts = balancing_hosts(plan)
    peers = "\n".join(f"    {host.address}" for host in hosts if host.name != node.name)
    interface = virtual_ip_interface(plan.settings, node.name) or virtual_ip.interface
    position = [host.name for host in hosts].index(node.name)
    return f"""global_defs {{
  router_id {node.name}
  vrrp_version 3
  enable_script_security
  script_user root
  vrrp_garp_master_delay 1
  vrrp_garp_master_repeat 3
  # Announces the owner again: a switch that missed the first announcement learns it within ten seconds.
  vrrp_garp_master_refresh 10
}}

vrrp_script balancer {{
  script "{CHECK}"
  interval 1
  timeout 2
  fall 2
  rise 2
  init_fail
}}

vrrp_instance api {{
  state BACKUP
  nopreempt
  interface {interface}
  virtual_router_id {virtual_ip.router_id}
  priority {HIGHEST_PRIORITY - position}
  advert_int {virtual_ip.advert_seconds:g}
  unicast_src_ip {node.address}
  unicast_peer {{
{peers}
  }}
  virtual_ipaddress {{
    {single(virtual_ip.address)} dev {interface}
  }}
  track_script {{
    balancer
  }}
}}
"""
