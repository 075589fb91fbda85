"""Stops an API server that uses only the etcd member of its own machine, before that member stops."""

from agent.kubernetes.kubeadm import API_PORT, PKI
from agent.kubernetes.retirement import PATIENCE_SECONDS, retire
from agent.kubernetes.static_pods import is_alive, processes
from agent.system.host import Host
from agent.system.probe import accepts, readiness

PROGRAM = "kube-apiserver"
OWN_MEMBER = "--etcd-servers=https://127.0.0.1:2379"


class Dependent:
    """`address` is the node's own, `delay` the API server's shutdown delay in seconds.

    The kubelet restarts an API server that has exited.
    """

    def __init__(self, host: Host, address: str, *, delay: int = 3, program: str = PROGRAM) -> None:
        self._host = host
        self._address = address
        self._patience = delay + PATIENCE_SECONDS
        self._program = program

    def leave(self) -> bool:
        """Let it drain and stop, so that no client reaches it without its member; False if none depends on it."""
        depending = [one for one in processes(self._host, self._program) if OWN_MEMBER in one.arguments]
        retire(
            depending,
            alive=lambda process: is_alive(self._host, process),
            listens=lambda: accepts(self._address, API_PORT) is None,
            patience=self._patience,
        )
        return bool(depending)

    def problem(self) -> str | None:
        """None if it is ready, or else the reason."""
        return readiness(self._address, API_PORT, authority=self._host.path(f"{PKI}/ca.crt"))
