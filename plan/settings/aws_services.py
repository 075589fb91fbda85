"""Load balancer, DNS, backups and alarms of an AWS environment."""

from plan.settings.model import Model
from plan.settings.values import Range


class LoadBalancer(Model):
    """The network load balancer in front of the API servers."""

    public: bool = False
    """Facing the Internet; `clients` must then be named."""

    clients: tuple[Range, ...] = ()
    """Who may reach the API; empty: the VPC."""

    cross_zone: bool = True
    """Send connections to nodes of other zones too. Costs traffic between zones. Without it, the restart of a zone's
    only node leaves an address that accepts no connection until clients resolve the name again."""

    deletion_protection: bool = True

    deregistration_seconds: int = 30
    """How long connections of a target that leaves may last."""

    access_logs_bucket: str | None = None
    """A bucket that the load balancer may write to. AWS logs connections of TLS listeners only, and TLS ends at the
    API servers here: the VPC's flow logs and the API's audit log say more."""


class Dns(Model):
    """The name of the API."""

    domain: str
    """The endpoint is api.<cluster>.<domain>, unless `endpoint.name` says otherwise."""

    zone_id: str | None = None
    """An existing zone that holds the name; null: a private zone <cluster>.<domain>, made here."""


class Backups(Model):
    """Snapshots of etcd in a bucket."""

    bucket: str | None = None
    """Its name; null: <cluster>-<account>-<region>-etcd. It is made here."""

    every_hours: int = 6
    """Between two snapshots of one node; the nodes take turns, so that the newest is younger."""

    keep_days: int = 30
    """Then they are removed."""

    object_lock_days: int | None = None
    """For so long nobody can delete a snapshot, not even the account's administrator. null: no lock."""

    replica_region: str | None = None
    """Another region that gets a copy of every snapshot; null: none."""


class Watch(Model):
    """Alarms."""

    topic_arn: str | None = None
    """SNS topic that is told; null: alarms show in the console only."""

    certificate_days: int = 20
    """Alarm when a certificate has fewer days left: renewal begins thirty days before the end."""

    leader_changes: int = 3
    """Alarm at more changes of etcd's leader within fifteen minutes: a disk or network is too slow."""
