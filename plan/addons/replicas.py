"""The number of replicas of cluster DNS (cluster-proportional-autoscaler, mode `linear`; requirements ADD-04)."""


def dns_replicas(*, nodes: int, cores: int, nodes_per_replica: int, cores_per_replica: int, at_least: int) -> int:
    """The greater of the two quotients, rounded up, but at least `at_least`.

    `cores` of 0 ignores the processors. Ratios below 1 are refused elsewhere and count as 1 here.
    """
    by_cores, by_nodes = -(-cores // max(cores_per_replica, 1)), -(-nodes // max(nodes_per_replica, 1))
    return max(by_cores, by_nodes, at_least, 1)


def prevents_single_point_of_failure(*, nodes: int) -> int:
    """The minimum under the autoscaler's `preventSinglePointFailure`: two if there are two or more nodes."""
    return 2 if nodes > 1 else 1
