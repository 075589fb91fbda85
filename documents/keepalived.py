"""Keepalived: one address that moves to a host whose balancer lives (requirements INF-12; RFC 5798, VRRP version 3)."""

from documents.balancing import balancing_hosts
from documents.file import File
from documents.haproxy import MONITOR_PATH, MONITOR_PORT
from documents.network_text import single
from plan import Node, Plan
from plan.settings import VirtualIp

CONFIGURATION = "/etc/keepalived/keepalived.conf"

# Distinct priorities decide who wins an election between equals; with nopreempt none of them ever takes the address
# away from a living owner. 255 means "owns the address" in the protocol, 100 is every vendor's default.
HIGHEST_PRIORITY = 150


def files(plan: Plan, node: Node) -> tuple[File, ...]:
    """One instance with one address; nothing on plans without a virtual IP."""
    virtual_ip = plan.settings.endpoint.virtual_ip
    if virtual_ip is None:
        return ()
    return (File(path=CONFIGURATION, content=configuration(plan, node, virtual_ip), step="address"),)


def configuration(plan: Plan, node: Node, virtual_ip: VirtualIp) -> str:
    """keepalived.conf of one host.

    The check asks the balancer's monitor address, never an API server through it: a dead peer must not fail the checks
    of healthy hosts. Its interval is a whole number of seconds by Keepalived's grammar, whatever the advert interval.
    """
    hosts = balancing_hosts(plan)
    peers = "\n".join(f"    {host.address}" for host in hosts if host.name != node.name)
    position = [host.name for host in hosts].index(node.name)
    return f"""global_defs {{
  router_id {node.name}
  vrrp_version 3
  enable_script_security
  script_user root
  vrrp_garp_master_delay 1
  vrrp_garp_master_repeat 3
  # Says again whose address it is: a switch that missed the first word learns it within ten seconds.
  vrrp_garp_master_refresh 10
}}

vrrp_script balancer {{
  script "/usr/bin/curl -sf -m 0.8 -o /dev/null http://127.0.0.1:{MONITOR_PORT}{MONITOR_PATH}"
  interval 1
  timeout 1
  fall 2
  rise 2
  init_fail
}}

vrrp_instance api {{
  state BACKUP
  nopreempt
  interface {virtual_ip.interface}
  virtual_router_id {virtual_ip.router_id}
  priority {HIGHEST_PRIORITY - position}
  advert_int {virtual_ip.advert_seconds:g}
  unicast_src_ip {node.address}
  unicast_peer {{
{peers}
  }}
  virtual_ipaddress {{
    {single(virtual_ip.address)} dev {virtual_ip.interface}
  }}
  track_script {{
    balancer
  }}
}}
"""
