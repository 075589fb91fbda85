"""How many replicas of cluster DNS there are (cluster-proportional-autoscaler, mode `linear`; requirements ADD-04)."""


def dns_replicas(*, nodes: int, cores: int, nodes_per_replica: int, cores_per_replica: int, at_least: int) -> int:
    """The greater of both quotients, rounded up, and never fewer than `at_least`.

    `cores` of 0 leaves the processors out of account.
    """
    return max(-(-cores // cores_per_replica), -(-nodes // nodes_per_replica), at_least, 1)


def prevents_single_point_of_failure(*, nodes: int) -> int:
    """The least number that the autoscaler's `preventSinglePointFailure` allows: two as soon as there are two nodes."""
    return 2 if nodes > 1 else 1
