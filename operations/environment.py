"""One environment as the operations see it: its hosts, how to reach each, and the address of the API."""

from dataclasses import dataclass
from pathlib import Path

from operations.aws.session import Account
from operations.tunnel.endpoint import Endpoint

PACKAGE = __package__ or "operations"  # as it is imported: a wheel has it below `quorate`
SOURCES = Path(__file__).resolve().parents[PACKAGE.count(".") + 1]
PROJECT = SOURCES if (SOURCES / "Pulumi.yaml").is_file() else Path.cwd()


class OperationFailed(Exception):
    """The operation failed; the message says why and what to do."""


class NotUp(OperationFailed):
    """The environment does not exist yet."""


@dataclass(frozen=True, kw_only=True)
class Instance:
    """A node's identity in AWS. `account`: its account and region, and the credentials for requests about it."""

    id: str
    account: Account


@dataclass(frozen=True, kw_only=True)
class Host:
    """One control-plane machine.

    `host_key` is the pinned `ssh-ed25519 AAAA...`, empty if only its console shows it; `key_path` is absolute; `urns`:
    the targets for an update of this node alone; `fleet`: only for machines on this computer; `instance`: only for
    nodes on AWS; `proxy_command`: OpenSSH's option, if the address is not reachable directly.
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
    """An environment as recorded in the stack's state. `endpoint_address`: None if only a name is stable.

    `authority` is the PEM that signs the API servers' certificates, empty until the cluster has served once.
    `proxy_port`: port of the local proxy to the API, None if the API is reached directly; `tunnel`: the Instance
    Connect Endpoint, if there is one; `backups`: the bucket of the nodes' snapshots on AWS; `public_name`: that of the
    public load balancer, None without one.
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
    backups: str | None = None
    public_name: str | None = None

    def host(self, name: str) -> Host:
        """The host of that name. Raises `OperationFailed` with the existing names."""
        found = next((host for host in self.hosts if host.name == name), None)
        if found is None:
            names = ", ".join(host.name for host in self.hosts)
            raise OperationFailed(f"stack {self.stack!r} has no node {name!r}; it has {names}")
        return found

    @property
    def kubeconfig(self) -> Path:
        """The path of this environment's kubeconfig, mode 0600."""
        return PROJECT / ".quorate" / "kubeconfig" / f"{self.stack}.yaml"
