"""etcd's settings (etcd tuning guide): a heartbeat is about one round trip, an election at least ten."""

from plan.settings.model import Model


class Etcd(Model):
    """One member on each node."""

    version: str = "3.6.10"
    """An exact release that fits the Kubernetes version."""

    heartbeat_ms: int = 100
    """Milliseconds between two heartbeats of the leader."""

    election_ms: int = 1000
    """Milliseconds without a heartbeat after which members elect a new leader."""

    round_trip_ms: float = 1.0
    """Longest measured round trip between two members, in milliseconds."""

    quota_bytes: int = 4 * 1024**3
    """Size of the database, in bytes, at which etcd stops accepting writes."""

    # The check reads every peer before serving; with all members starting at once it cost 2 x 7 s (measured).
    initial_corrupt_check: bool = False
    """Compare the data with all peers before a member serves; slow when all members start at once."""
