"""How systemd looks after the distribution's balancer and Keepalived: drop-ins beside their own units."""

from documents.file import File
from documents.network_text import single
from documents.places import UNITS
from plan import Plan

# A balancer that is back before Keepalived's second failed check (interval 1 s, fall 2) keeps the address where it is:
# 0.3 to 0.55 s of gap were measured so, against more than a second when the address moves.
RESTART = """[Unit]
StartLimitIntervalSec=0

[Service]
Restart=always
RestartSec=200ms
"""


def files(plan: Plan) -> tuple[File, ...]:
    """Drop-ins of the balancer and of Keepalived."""
    balancer = plan.settings.endpoint.balancer
    return (
        File(path=f"{UNITS}/{balancer}.service.d/10-quorate.conf", content=RESTART, step="balancer"),
        File(path=f"{UNITS}/keepalived.service.d/10-quorate.conf", content=_keepalived(plan), step="address"),
    )


def _keepalived(plan: Plan) -> str:
    virtual_ip = plan.settings.endpoint.virtual_ip
    if virtual_ip is None:
        return RESTART
    # Keepalived removes its address when it is told to stop, but not when it is killed: then two hosts would own it.
    leftover = f"/usr/sbin/ip address delete {single(virtual_ip.address)} dev {virtual_ip.interface}"
    return f"{RESTART}ExecStopPost=-{leftover}\n"
