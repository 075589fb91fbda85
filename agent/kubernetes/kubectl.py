"""Runs kubectl as the administrator, through this node's own API server: it needs no other machine."""

from agent.kubernetes.kubeadm import API_PORT
from agent.system.host import Host

KUBECONFIG = "/etc/kubernetes/admin.conf"


def kubectl(
    host: Host, address: str, *words: str, seconds: float = 20.0, timeout: float | None = None, given: str = ""
) -> str:
    """Returns what it prints. `address` is this node's; `seconds` bound each request. Raises CommandFailed."""
    return host.commands.run(
        "kubectl",
        f"--kubeconfig={host.path(KUBECONFIG)}",
        f"--server=https://{f'[{address}]' if ':' in address else address}:{API_PORT}",
        f"--request-timeout={seconds:.0f}s",
        *words,
        timeout=timeout or 3 * seconds,
        given=given,
    )
