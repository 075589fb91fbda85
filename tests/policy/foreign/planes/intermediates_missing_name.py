"""A control plane by hand whose authorities are intermediates below one root."""

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import hard_way, hosts
from tests.policy.foreign.parts.by_hand import Authorities, Choices, build


def program(*, bad: bool) -> None:
    """Three hosts; with the fault the API servers' certificates leave out the endpoint's name."""
    root = hard_way.root("acme-root")
    purposes = ("cluster", "etcd", "front-proxy")
    authorities = Authorities(*(hard_way.intermediate(f"slate-{purpose}", root) for purpose in purposes))
    nodes = hosts.hosts("slate", "10.7.7", 11, 3)
    cluster = hard_way.Cluster(name="slate", endpoint="api.slate.acme.example", nodes=nodes)
    build(cluster, authorities, Choices(names_endpoint=not bad))


PAIR = Pair(
    name="intermediates-missing-name",
    program=program,
    idea="the API servers' certificates are not valid for the name in their issuer, by which everyone calls them",
    expected=frozenset({"P38"}),
)
