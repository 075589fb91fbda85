"""etcd's tunables (etcd tuning guide): heartbeat about one round trip, election at least ten of them."""

from plan.settings.model import Model


class Etcd(Model):
    """One member on each node."""

    version: str = "3.6.10"
    """An exact release that fits the Kubernetes version."""

    heartbeat_ms: int = 100
    """Between two heartbeats of the leader, in milliseconds."""

    election_ms: int = 1000
    """Silence after which members elect a new leader, in milliseconds."""

    round_trip_ms: float = 1.0
    """Worst measured round trip between two members, in milliseconds."""

    quota_bytes: int = 4 * 1024**3
    """Size of the database at which etcd stops accepting writes."""

    # The check reads every peer before serving; with all members starting at once it cost 2 x 7 s (measured).
    initial_corrupt_check: bool = False
    """Compare the data with all peers before a member serves; delays a start of all members at once."""
