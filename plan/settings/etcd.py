"""etcd's tunables (etcd tuning guide): heartbeat about one round trip, election at least ten of them."""

from plan.settings.model import Model


class Etcd(Model):
    """One member on each node. Times in milliseconds, `quota_bytes` in bytes."""

    version: str = "3.6.10"
    heartbeat_ms: int = 100
    election_ms: int = 1000
    round_trip_ms: float = 1.0  # worst measured between two members
    quota_bytes: int = 4 * 1024**3  # etcd suggests at most 8 GiB
    # The check reads every peer before serving; with all members starting at once it cost 2 x 7 s (measured).
    initial_corrupt_check: bool = False
