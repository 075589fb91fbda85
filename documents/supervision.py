"""How systemd looks after the distribution's balancer and Keepalived: drop-ins beside their own units."""

from documents.file import File
from documents.network_text import single
from documents.places import UNITS
from plan import Plan

# A balancer that is back before Keepalived's second failed check (interval 1 s, fall 2) keeps the address where it is:
# 0.3 to 0.55 s of gap were measured so, against more than a second when the address moves.
UNIT = "[Unit]\nStartLimitIntervalSec=0\n"
SERVICE = "[Service]\nRestart=always\nRestartSec=200ms\n"

# systemd stops in the opposite order: a host that shuts down first ends its balancer, then gives its address away. The
# other way round a client that waits for an answer is sent nothing more, and only its deadline tells it (1.08 s).
BALANCER_STOPS_FIRST = "After=keepalived.service\n"
# Debian's unit lets nginx finish its connections for five seconds, which watches never do, and new ones are refused.
NGINX_STOPS_AT_ONCE = "ExecStop=\nKillSignal=SIGTERM\n"


def files(plan: Plan) -> tuple[File, ...]:
    """Drop-ins of the balancer and of Keepalived."""
    balancer = plan.settings.endpoint.balancer
    stop = NGINX_STOPS_AT_ONCE if balancer == "nginx" else ""
    content = f"{UNIT}{BALANCER_STOPS_FIRST}\n{SERVICE}{stop}"
    return (
        File(path=f"{UNITS}/{balancer}.service.d/10-quorate.conf", content=content, step="balancer"),
        File(path=f"{UNITS}/keepalived.service.d/10-quorate.conf", content=_keepalived(plan), step="address"),
    )


def _keepalived(plan: Plan) -> str:
    supervised = f"{UNIT}\n{SERVICE}"
    virtual_ip = plan.settings.endpoint.virtual_ip
    if virtual_ip is None:
        return supervised
    # Keepalived removes its address when it is told to stop, but not when it is killed: then two hosts would own it.
    leftover = f"/usr/sbin/ip address delete {single(virtual_ip.address)} dev {virtual_ip.interface}"
    return f"{supervised}ExecStopPost=-{leftover}\n"
