"""Damage that keeps the agents from the cluster's lock: one update repairs it, and no acknowledged write is lost."""

import json
import signal

import pytest

from workbench.lab.cluster import Cluster, settings
from workbench.lab.etcd import OWN, TLS, etcdctl
from workbench.lab.expiry import authority_keys, expire_all
from workbench.lab.figure import Figure
from workbench.lab.machines import CommandFailed, at_once
from workbench.lab.outlive import BACK_SECONDS
from workbench.lab.recording import Recording
from workbench.lab.stack import Stack

GROUP = "Recovery"
MIB = 1024**2
SMALL, LARGE = 64 * MIB, 256 * MIB
# Everything that reads certificates when it starts, but for etcd: it goes on with the connections that it has.
SERVERS = "kube-apiserver kube-controller kube-scheduler"
RESTART = f"for p in {SERVERS}; do pkill -KILL -x $p; done; systemctl restart kubelet"
KUBEADM = ("/var/lib/kubelet/config.yaml", "/var/lib/kubelet/kubeadm-flags.env")
FILL = f"""head -c 700000 /dev/urandom | base64 -w0 > /run/fill
for n in $(seq {2 * SMALL // MIB}); do
  etcdctl --endpoints={OWN} {" ".join(TLS)} put /fill/$n < /run/fill || exit 1
done"""
CLOSE = (
    "add table inet closed; add chain inet closed input {{ type filter hook input priority -10; }}; "
    "add rule inet closed input iifname != lo tcp dport {} drop"
)
CLOSED_SECONDS = 3.0
MANIFESTS = "/etc/kubernetes/manifests"
DAMAGE = {"deleted": 'rm -f "$f"', "emptied": ': > "$f"', "altered": 'echo altered >> "$f"'}


@pytest.mark.drill
def test_all_certificates_have_ended_and_an_update_brings_new_ones_without_hands(
    cluster: Cluster, recording: Recording
) -> None:
    stack, machines = cluster.stack, cluster.machines
    keys, members = authority_keys(stack, machines), cluster.site.members()
    with recording.drill("all-certificates-ended", title="All certificates ended", group=GROUP) as running:

        def end(name: str) -> None:
            expire_all(machines, name, keys)
            machines.run(name, "sh", "-c", RESTART)

        at_once(end, machines.names)
        running.note("ended everywhere")
        with pytest.raises(CommandFailed):
            etcdctl(machines, machines.names[0], "endpoint", "health")
        begun = running.notes[-1].at
        done = stack.operation("certificates", "renew", "--yes", "--config-file", stack.settings_file).good()
        running.figure(Figure(name="update", value=round(done.seconds, 1)))
        cluster.site.wait_until_whole(seconds=BACK_SECONDS)
        running.note("whole")
        running.wait_for_writes(seconds=30)
        running.figure(Figure(name="longest gap", value=round(running.gap(begun), 1)))
    assert "expired on" in done.output
    assert cluster.site.members() == members
    stack.operation("verify").good()


@pytest.mark.drill
def test_a_full_etcd_accepts_writes_again_after_an_update_with_a_larger_quota(
    cluster: Cluster, recording: Recording
) -> None:
    stack, machines = cluster.stack, cluster.machines
    stack.set(settings(etcd={"quotaBytes": SMALL}))
    stack.up().good()
    cluster.site.wait_until_whole(seconds=BACK_SECONDS)
    name = machines.names[0]
    with recording.drill("no-space", title="etcd full of data (NOSPACE)", group=GROUP) as running:
        with pytest.raises(CommandFailed, match="space exceeded"):
            machines.run(name, "sh", "-c", FILL, seconds=120)
        running.note("full")
        begun = running.notes[-1].at
        stack.set(settings(etcd={"quotaBytes": LARGE}))
        done = stack.up().good()
        running.figure(Figure(name="update", value=round(done.seconds, 1)))
        running.wait_for_writes(seconds=BACK_SECONDS)
        running.note("writes again")
        running.figure(Figure(name="longest gap", value=round(running.gap(begun), 1)))
        cluster.site.wait_until_whole(seconds=BACK_SECONDS)
    etcdctl(machines, name, "del", "/fill/", "--prefix", seconds=20)
    stack.set(settings())
    stack.up().good()
    stack.operation("verify").good()


@pytest.mark.drill
@pytest.mark.parametrize("damage", DAMAGE)
def test_every_file_of_a_node_comes_back_after_it_was_lost_and_the_refresh_names_it(
    cluster: Cluster, recording: Recording, damage: str
) -> None:
    stack, machines = cluster.stack, cluster.machines
    name = machines.names[list(DAMAGE).index(damage)]
    listed = json.loads(machines.run(name, "cat", "/var/lib/quorate/wanted/files.json"))
    manifests = machines.run(name, "sh", "-c", f"ls {MANIFESTS}/*.yaml").split()
    paths = [*(str(one["path"]) for one in listed), *KUBEADM, *manifests]
    before = sums(cluster, name, paths)
    with recording.drill(f"files-{damage}", title=f"Every file of a node {damage}", group=GROUP) as running:
        machines.run(name, "sh", "-c", f"for f in {' '.join(paths)}; do {DAMAGE[damage]}; done")
        running.note(f"{damage}: {name}")
        stack.refresh().good()
        found = " ".join(drift(stack, name))
        done = stack.up("--refresh").good()
        running.figure(Figure(name="update", value=round(done.seconds, 1)))
        cluster.site.wait_until_whole(seconds=BACK_SECONDS)
        running.wait_for_writes(seconds=10)
    after = sums(cluster, name, paths)
    assert {path for path in paths if before[path] != after[path]} == set()
    unnamed = [path for path in paths if path not in found]
    assert not unnamed, f"the refresh does not name {unnamed}"
    stack.operation("verify").good()


@pytest.mark.drill
def test_no_api_server_answers_and_a_repair_brings_them_back_by_comparing_the_hosts_alone(
    cluster: Cluster, recording: Recording
) -> None:
    stack, machines = cluster.stack, cluster.machines
    with recording.drill("no-api", title="No API server left", group=GROUP) as running:

        def lose(name: str) -> None:
            machines.run(name, "sh", "-c", f"rm {MANIFESTS}/kube-apiserver.yaml; {RESTART}")

        at_once(lose, machines.names)
        running.note("manifests deleted everywhere")
        begun = running.notes[-1].at
        done = stack.operation("repair", "--yes", "--config-file", stack.settings_file).good()
        running.figure(Figure(name="repair", value=round(done.seconds, 1)))
        cluster.site.wait_until_whole(seconds=BACK_SECONDS)
        running.wait_for_writes(seconds=30)
        running.figure(Figure(name="longest gap", value=round(running.gap(begun), 1)))
    stack.operation("verify").good()


@pytest.mark.drill
def test_a_killed_update_leaves_a_lock_that_is_explained_and_removed_and_the_next_one_continues(
    cluster: Cluster, recording: Recording
) -> None:
    stack = cluster.stack
    file = ("--config-file", stack.settings_file)
    with recording.drill("update-killed", title="`pulumi` killed in an update", group=GROUP) as running:
        renewal = ("certificates", "renew", "--certificate", "apiserver", "--yes", *file)
        stack.operation(*renewal, cut="updating", by=signal.SIGKILL).refused()
        running.note("killed")
        explained = stack.operation("repair", *file).refused().output
        assert "is locked by a command that no longer runs" in explained
        assert f"python -m operations unlock --stack {stack.name}" in explained
        stack.operation("unlock").good()
        done = stack.operation("repair", "--yes", *file).good()
        running.figure(Figure(name="repair", value=round(done.seconds, 1)))
        cluster.site.wait_until_whole(seconds=BACK_SECONDS)
        running.wait_for_writes(seconds=30)
    stack.preview("--refresh", "--expect-no-changes").good()
    stack.operation("verify").good()


def drift(stack: Stack, name: str) -> list[str]:
    """What the last refresh found on a node, whole: a line of the CLI's progress shows the first three of a step."""
    exported = json.loads(stack.run("pulumi", "stack", "export", "--stack", stack.name, secret=True).good().output)
    (node,) = (
        one
        for one in exported["deployment"]["resources"]
        if one["type"] == "quorate:hosts:Node" and one["urn"].endswith(f"::{name}")
    )
    return [str(one) for one in node["outputs"]["drift"]]


def sums(cluster: Cluster, name: str, paths: list[str]) -> dict[str, str]:
    """SHA-256 and mode by path."""
    shown = cluster.machines.run(name, "sh", "-c", f"sha256sum {' '.join(paths)}; stat -c '%a  %n' {' '.join(paths)}")
    found: dict[str, str] = {}
    for line in shown.splitlines():
        value, _, path = line.partition("  ")
        found[path] = f"{found.get(path, '')} {value}"
    return found


@pytest.mark.drill
def test_an_owner_whose_port_a_firewall_closes_loses_the_address_to_a_peer_within_three_seconds(
    cluster: Cluster, recording: Recording
) -> None:
    owner, machines = cluster.site.owner(), cluster.machines
    with recording.drill("closed-port", title="Owner's port closed by its firewall", group=GROUP) as running:
        machines.run(owner, "nft", CLOSE.format(cluster.site.endpoint.port))
        running.note(f"closed: {owner}")
        since = running.notes[-1].at
        running.wait_for_writes(seconds=BACK_SECONDS)
        running.figure(Figure(name="longest gap", value=round(running.gap(since), 2), limit=CLOSED_SECONDS))
        assert cluster.site.owner() != owner
        machines.run(owner, "nft", "delete table inet closed")
