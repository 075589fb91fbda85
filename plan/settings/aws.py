"""An environment on AWS."""

from plan.settings.aws_access import Access
from plan.settings.aws_machines import Machines
from plan.settings.aws_network import AwsNetwork
from plan.settings.aws_services import Backups, Dns, LoadBalancer, Watch
from plan.settings.model import Model


class Aws(Model):
    """The place on AWS and its resources. Nodes, their addresses and the endpoint's name are derived from it."""

    account: str
    """Twelve digits. Credentials of any other account are refused, and names of buckets contain it."""

    region: str

    zones: tuple[str, ...] = ()
    """Availability zones in the order in which nodes are placed; empty: the region's usual three."""

    network: AwsNetwork = AwsNetwork()
    machines: Machines = Machines()
    access: Access = Access()
    load_balancer: LoadBalancer = LoadBalancer()
    dns: Dns

    kms_key_arn: str | None = None
    """A key of the region for volumes, secrets, files and backups; null: one is created for the environment."""

    backups: Backups = Backups()
    watch: Watch = Watch()

    protect: bool = True
    """Volumes, keys and backups survive `pulumi destroy` until they are released by name."""
