"""Load balancer, DNS, backups and alarms of an AWS environment."""

from plan.settings.model import Model
from plan.settings.names import DnsName
from plan.settings.values import Range


class LoadBalancer(Model):
    """The network load balancer in front of the API servers."""

    public: bool = False
    """A second load balancer that faces the internet; requires `clients`. Nodes and the VPC keep the internal one."""

    clients: tuple[Range, ...] = ()
    """IPv4 ranges that may reach the API, the public one if there is one; empty: the VPC."""

    cross_zone: bool = True
    """Send connections to nodes of other zones too. Costs traffic between zones. Without it, the restart of a zone's
    only node leaves an address that accepts no connection until clients resolve the name again."""

    deletion_protection: bool = True

    deregistration_seconds: int = 30
    """Seconds that connections of a removed target may last."""

    access_logs_bucket: str | None = None
    """A bucket that the load balancer may write to. AWS logs connections of TLS listeners only, and TLS ends at the
    API servers here: the VPC's flow logs and the API's audit log say more."""


class Dns(Model):
    """The name of the API."""

    domain: DnsName
    """The endpoint is api.<cluster>.<domain>, unless `endpoint.name` is set."""

    zone_id: str | None = None
    """An existing zone for the name; null: a private zone <cluster>.<domain>, created here."""


class Backups(Model):
    """Snapshots of etcd in a bucket."""

    bucket: str | None = None
    """Its name; null: <cluster>-<account>-<region>-etcd. It is created here."""

    every_hours: int = 6
    """Hours between two snapshots of one node; the nodes take turns, so that the newest one is younger."""

    keep_days: int = 30
    """Days after which snapshots are deleted."""

    object_lock_days: int | None = None
    """Days for which snapshots cannot be deleted, not even by the account's administrator. null: no lock."""

    replica_region: str | None = None
    """Another region that gets a copy of every snapshot; null: no copy."""


class Watch(Model):
    """Alarms."""

    topic_arn: str | None = None
    """SNS topic that alarms are sent to; null: alarms are only visible in the console."""

    certificate_days: int | None = None
    """Alarm when a certificate has fewer days left. null: 20, or two thirds of the time between renewal and end if that
    is less; leaves that live for less than three days have no alarm."""

    leader_changes: int = 3
    """Alarm when etcd's leader changes more often than this in fifteen minutes: a disk or the network is too slow."""
