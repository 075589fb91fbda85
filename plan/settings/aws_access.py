"""How operators reach the instances of an AWS environment."""

from typing import Literal

from plan.settings.model import Model
from plan.settings.values import Range

Way = Literal["instance-connect", "direct", "command"]


class Access(Model):
    """SSH as the user and with the key of `ssh`; day-2 commands and kubectl go through it."""

    way: Way = "instance-connect"
    """`instance-connect`: through an EC2 Instance Connect Endpoint, which IAM authorizes. `direct`: this computer is in
    a network that reaches the instances (a VPN, a runner in the VPC). `command`: through `proxyCommand`."""

    endpoint_id: str | None = None
    """An existing Instance Connect Endpoint of the VPC, `eice-...`; null: one is created."""

    proxy_command: str | None = None
    """OpenSSH's ProxyCommand, with `%h` and `%p`, such as `ssh -W %h:%p bastion.example.com`."""

    proxy_port: int | None = None
    """Where kubectl finds the API on the operator's computer; null: follows from the cluster's name."""

    clients: tuple[Range, ...] = ()
    """Ranges that SSH may come from with `direct` and `command`; empty: the VPC."""

    public_key: str | None = None
    """The OpenSSH public key that new instances accept; null: the `.pub` file beside `ssh.privateKeyPath`."""
