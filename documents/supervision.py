"""Drop-ins by which systemd supervises the distribution's balancer and Keepalived."""

from documents.file import File
from documents.network_text import single
from documents.places import UNITS
from plan import Node, Plan
from plan.network.virtual_ip import interface as virtual_ip_interface

UNIT = "[Unit]\nStartLimitIntervalSec=0\n"
# A balancer that is back before Keepalived's second failed check (interval 1 s, fall 2) keeps the address where it is:
# this caused gaps of 0.3 to 0.55 s, compared with more than a second when the address moves (measured).
SERVICE = "[Service]\nRestart=always\nRestartSec=200ms\n"
IP = "/usr/sbin/ip address"
# Debian's unit lets nginx finish its connections for five seconds, which watches never do.
NGINX_STOPS_AT_ONCE = "ExecStop=\nKillSignal=SIGTERM\n"


def files(plan: Plan, node: Node) -> tuple[File, ...]:
    """Drop-ins of the balancer and of Keepalived."""
    balancer = plan.settings.endpoint.balancer
    return (
        File(path=f"{UNITS}/{balancer}.service.d/10-quorate.conf", content=_balancer(plan), step="balancer"),
        File(path=f"{UNITS}/keepalived.service.d/10-quorate.conf", content=_keepalived(plan, node), step="address"),
    )


def _balancer(plan: Plan) -> str:
    endpoint = plan.settings.endpoint
    stop = NGINX_STOPS_AT_ONCE if endpoint.balancer == "nginx" else ""
    after = f"ExecStopPost=-{_not_on_loopback(single(endpoint.virtual_ip.address))}\n" if endpoint.virtual_ip else ""
    return f"{UNIT}\n{SERVICE}{stop}{after}"


def _keepalived(plan: Plan, node: Node) -> str:
    endpoint = plan.settings.endpoint
    if endpoint.virtual_ip is None:
        return f"{UNIT}\n{SERVICE}"
    address, interface = single(endpoint.virtual_ip.address), virtual_ip_interface(plan.settings, node.name)
    # The next owner takes over about 40 ms after the last one has announced its end. A packet that finds no owner is
    # lost: a new connection waits a second for its retry (RFC 6298, 2.1), and a response never arrives. So an owner
    # that shuts down keeps the address on loopback, and its balancer running, until its connections are closed (systemd
    # stops units in the reverse order of After=).
    keep = f"/bin/sh -c '{IP} show dev {interface} to {address} | grep -q . && {IP} add {address} dev lo'"
    # Keepalived removes its address when it stops, but not when it is killed: then two hosts would own it.
    leftover = f"{IP} delete {address} dev {interface}"
    # The balancer is only stopped afterwards if the machine shuts down.
    gone = f"/bin/sh -c 'systemctl is-system-running | grep -q stopping || {_not_on_loopback(address)}'"
    return f"""{UNIT}After={endpoint.balancer}.service

{SERVICE}ExecStartPre=-{_not_on_loopback(address)}
ExecStop=-{keep}
ExecStopPost=-{leftover}
ExecStopPost=-{gone}
"""


def _not_on_loopback(address: str) -> str:
    return f"{IP} delete {address} dev lo"
