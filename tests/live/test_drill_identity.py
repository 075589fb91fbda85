"""What hangs on a setting that may change: the endpoint's name, the issuer of tokens, the members' addresses."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from workbench.lab.access import Address
from workbench.lab.cluster import Cluster, settings
from workbench.lab.figure import Figure
from workbench.lab.ground import LIVE
from workbench.lab.outlive import BACK_SECONDS
from workbench.lab.recording import Recording
from workbench.lab.site import Site

GROUP = "Recovery"
OLD, NEW = LIVE.api_name, f"kube.{LIVE.name}.quorate.internal"
PORT = 8443
CREATED = 201
TOKEN = "/api/v1/namespaces/default/serviceaccounts/default/token"
REVIEW = "/apis/authentication.k8s.io/v1/tokenreviews"


def token(cluster: Cluster) -> str:
    """A new token of a service account, as pods get one."""
    made = cluster.api().post(TOKEN, {"spec": {"expirationSeconds": 3600}})
    assert made.status == CREATED, made.text("message")
    return made.text("status", "token")


def accepted_everywhere(cluster: Cluster, tokens: Mapping[str, str]) -> None:
    """Every API server accepts every token."""
    for place in cluster.site.servers:
        for issuer, one in tokens.items():
            seen = cluster.api(place).post(REVIEW, {"spec": {"token": one}})
            assert seen.at("status", "authenticated") is True, f"{place.name} refuses a token of {issuer}"


def named(name: str, *issuers: str) -> dict[str, object]:
    """The settings with this name of the endpoint; the other one stays in the certificates."""
    other = OLD if name == NEW else NEW
    urls = [f"https://{one}:{PORT}" for one in issuers]
    return settings(endpoint={"name": name, "otherNames": [other]}, controlPlane={"serviceAccountIssuers": urls})


@pytest.mark.drill
def test_the_endpoint_gets_another_name_and_every_token_stays_accepted(cluster: Cluster, recording: Recording) -> None:
    stack = cluster.stack
    tokens = {OLD: token(cluster)}
    stack.set(settings(endpoint={"name": NEW, "otherNames": [OLD]}))
    refused = stack.up().refused().output
    assert "controlPlane.serviceAccountIssuers" in refused, "without phases pods would get a 401"
    accepted_everywhere(cluster, tokens)
    with recording.drill("endpoint-renamed", title="Endpoint renamed", group=GROUP) as running:
        begun = running.begun
        for phase in ((NEW, OLD, NEW), (NEW, NEW, OLD)):
            running.note(f"name {phase[0]}, {phase[1]} signs")
            stack.set(named(*phase))
            done = stack.up().good()
            running.figure(Figure(name=f"update: {phase[1]} signs", value=round(done.seconds, 1)))
            cluster.site.wait_until_whole(seconds=BACK_SECONDS)
            tokens[f"{phase[1]}, phase {len(tokens)}"] = token(cluster)
            accepted_everywhere(cluster, tokens)
        running.wait_for_writes(seconds=10)
        running.figure(Figure(name="longest gap", value=round(running.gap(begun), 3)))
    assert not running.finished.service.failed_for_good, running.finished.service.reasons
    stack.preview("--expect-no-changes").good()
    stack.operation("verify").good()
    for wanted in (named(NEW, OLD, NEW), settings()):  # the way back has the same phases
        stack.set(wanted)
        stack.up().good()
    accepted_everywhere(cluster, {OLD: tokens[OLD]})


def at(addresses: Mapping[str, str]) -> dict[str, object]:
    """The settings with other addresses of some nodes."""
    nodes = [
        {"name": name, "address": addresses.get(name, known), "failureDomain": name}
        for name, known in LIVE.nodes.items()
    ]
    return {**settings(), "nodes": nodes}


def moved(site: Site, name: str, address: str) -> Site:
    """The site with one server at another address."""
    servers = tuple(
        Address(name=one.name, host=address, port=one.port, server_name=address) if one.name == name else one
        for one in site.servers
    )
    return replace(site, servers=servers)


@pytest.mark.drill
def test_all_addresses_at_once_are_refused_and_one_machine_at_a_time_moves(
    cluster: Cluster, recording: Recording
) -> None:
    stack, members = cluster.stack, cluster.site.members()
    stack.set(at({name: f"{LIVE.prefix}.{20 + number}" for number, name in enumerate(LIVE.nodes, 1)}))
    for refused in (stack.preview().refused(), stack.up().refused()):
        assert "3 of 3 members would get another address in one update" in refused.output
        assert "Move one machine at a time" in refused.output
    assert cluster.site.members() == members, "nothing was changed"
    cluster.site.wait_until_whole(seconds=BACK_SECONDS)
    name, address = "cp3", f"{LIVE.prefix}.23"
    with recording.drill("address-moved", title="One member moved to another address", group=GROUP) as running:
        stack.set(at({name: address}))
        done = stack.up().good()
        running.figure(Figure(name="update", value=round(done.seconds, 1)))
        moved(cluster.site, name, address).wait_until_whole(seconds=BACK_SECONDS)
        running.wait_for_writes(seconds=10)
        running.figure(Figure(name="longest gap", value=round(running.gap(running.begun), 3)))
    assert {one.name for one in cluster.site.members()} == {one.name for one in members}
    stack.preview("--expect-no-changes").good()
    stack.operation("verify").good()
    stack.set(settings())
    stack.up().good()
    cluster.site.wait_until_whole(seconds=BACK_SECONDS)
