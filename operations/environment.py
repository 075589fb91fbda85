"""One environment as the operations see it: its hosts, how each is reached, and where the API answers."""

from dataclasses import dataclass
from pathlib import Path

from operations.aws.session import Account
from operations.tunnel.endpoint import Endpoint

PROJECT = Path(__file__).resolve().parent.parent


class OperationFailed(Exception):
    """An operation that ended without doing what was asked; the message says why and what to do."""


class NotUp(OperationFailed):
    """Nothing of the environment is there yet."""


@dataclass(frozen=True, kw_only=True)
class Instance:
    """What AWS knows a node by. `account`: where it is, and as whom it is asked about."""

    id: str
    account: Account


@dataclass(frozen=True, kw_only=True)
class Host:
    """One control-plane machine.

    `host_key` is the pinned `ssh-ed25519 AAAA...`, empty if only its console shows it; `key_path` is absolute; `urns`
    are the resources that an update of this node alone is limited to; `fleet`: of machines on this computer, else None;
    `instance`: of nodes on AWS; `proxy_command`: OpenSSH's, if the address is not reached directly.
    """

    name: str
    address: str
    port: int
    user: str
    key_path: Path
    host_key: str
    urns: tuple[str, ...] = ()
    fleet: str | None = None
    instance: Instance | None = None
    proxy_command: str | None = None


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What the stack's state says. `endpoint_address` is None where only a name is stable.

    `authority` is the PEM of what signs the API servers' certificates, empty before the cluster has ever served.
    `proxy_port`: of the proxy on this computer that leads to the API, None if the API is reached directly; `tunnel`:
    the Instance Connect Endpoint, if there is one.
    """

    stack: str
    cluster: str
    endpoint_name: str
    endpoint_port: int
    endpoint_address: str | None
    authority: str
    hosts: tuple[Host, ...]
    proxy_port: int | None = None
    tunnel: Endpoint | None = None

    def host(self, name: str) -> Host:
        """The host of that name. Raises `OperationFailed` with those that there are."""
        found = next((host for host in self.hosts if host.name == name), None)
        if found is None:
            names = ", ".join(host.name for host in self.hosts)
            raise OperationFailed(f"stack {self.stack!r} has no node {name!r}; it has {names}")
        return found

    @property
    def kubeconfig(self) -> Path:
        """Where this environment's kubeconfig is kept, mode 0600."""
        return PROJECT / ".quorate" / "kubeconfig" / f"{self.stack}.yaml"
