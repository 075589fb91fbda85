"""Three nodes become five and three again, by a changed setting, while clients work."""

import re
from dataclasses import replace

import pytest

from workbench.lab.access import Address
from workbench.lab.cluster import Cluster, settings
from workbench.lab.figure import Figure
from workbench.lab.ground import LIVE
from workbench.lab.machines import LocalMachines
from workbench.lab.recording import Recording
from workbench.lab.site import Site

GROUP = "Operations"
NEW = {f"cp{number}": f"{LIVE.prefix}.{10 + number}" for number in (4, 5)}


def five() -> dict[str, object]:
    """The settings of the live cluster with two nodes more."""
    nodes = [{"name": name, "address": at, "failureDomain": name} for name, at in {**LIVE.nodes, **NEW}.items()]
    return {**settings(), "members": 5, "nodes": nodes}


def of_five(cluster: Cluster) -> Site:
    """The site with the new nodes."""
    ground = cluster.ground
    servers = (
        Address(name=name, host=address, port=ground.api_port, server_name=address) for name, address in NEW.items()
    )
    return replace(
        cluster.site,
        servers=(*cluster.site.servers, *servers),
        machines=LocalMachines(fleet=ground.name, names=(*ground.nodes, *NEW)),
    )


def changed(recording: Recording, cluster: Cluster, *, name: str, title: str) -> str:
    """What `pulumi up` to the stack's present settings printed; nobody who tried again was refused meanwhile."""
    with recording.drill(name, title=title, group=GROUP) as running:
        done = cluster.stack.up().good()
        running.wait_for_writes(seconds=10)
        running.figure(Figure(name="longest gap", value=round(running.gap(running.begun), 3)))
        running.figure(Figure(name="pulumi up", value=round(done.seconds, 1)))
    assert not running.finished.service.failed_for_good, running.finished.service.reasons
    return done.output


def identities(site: Site) -> dict[str, int]:
    """Of etcd's members, by name; all of them vote."""
    members = site.members()
    assert not any(member.learner for member in members)
    return {member.name: member.identity for member in members}


@pytest.mark.drill
@pytest.mark.acceptance("T07")
def test_three_members_become_five_one_at_a_time_and_as_learners_first(cluster: Cluster, recording: Recording) -> None:
    before = identities(cluster.site)
    cluster.stack.set(five())
    said = changed(recording, cluster, name="three-to-five", title="Three members become five")
    site = of_five(cluster)
    site.wait_until_whole(seconds=60)
    after = identities(site)
    assert after.keys() == {*before, *NEW}
    assert {name: after[name] for name in before} == before
    assert len(re.findall(r"started as a learner", said)) >= len(NEW), "each new member learns before it votes"
    cluster.stack.preview("--expect-no-changes").good()


@pytest.mark.drill
def test_five_members_become_three_and_the_machines_that_leave_are_gone(cluster: Cluster, recording: Recording) -> None:
    before = identities(cluster.site)
    if not NEW.keys() <= before.keys():
        pytest.skip("the cluster did not grow")
    cluster.stack.set(settings())
    changed(recording, cluster, name="five-to-three", title="Five members become three")
    cluster.site.wait_until_whole(seconds=60)
    cluster.nodes_are_ready()
    assert identities(cluster.site) == {name: before[name] for name in before if name not in NEW}
    cluster.stack.preview("--expect-no-changes").good()
