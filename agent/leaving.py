"""Removes a node from the cluster: first the membership, then the programs, then the files."""

import shutil
import time
from dataclasses import replace
from pathlib import Path

from agent.etcd import changes
from agent.etcd.cluster import Cluster, open_cluster
from agent.etcd.data import DIRECTORY, GUARD, JOIN, VOLUME
from agent.kubernetes.kubectl import kubectl
from agent.kubernetes.pod_network import LEASES, UNIT, release
from agent.model.events import Events
from agent.model.failure import Failed
from agent.model.wanted import Wanted
from agent.steps.backup import PROOF_TIMER, TIMER
from agent.steps.own_service import OWN_SERVICES
from agent.steps.programs import PLACES
from agent.steps.system import without_block
from agent.system.cloud_init import OWN as CLOUD_INIT
from agent.system.commands import CommandFailed
from agent.system.containers import end_containers, unmount
from agent.system.host import STATE, Host
from agent.system.memory import Memory
from agent.system.own_archive import PLACE
from agent.system.record import Record
from agent.system.services import OWN, Services
from agent.system.sysctl import OVERRIDE

LOCK_SECONDS = 300.0
GRACE_SECONDS = 5.0  # beyond the API server's shutdown delay
# What kubeadm, the kubelet, containerd and the container network write in addition to the files that the agent
# installs.
WRITTEN = ("/etc/kubernetes", "/var/lib/kubelet", "/etc/etcd", "/var/log/kubernetes", LEASES)


def leave(host: Host, events: Events, *, remove_data: bool) -> str:
    """Clean the machine up; returns a summary. A repeated run continues where it stopped. Raises Failed.

    etcd's data is removed with the whole cluster. While the cluster continues, the data is only moved aside: the other
    members have a copy, but an accidental removal can still be investigated.
    """
    memory = Memory(host)
    kept = tuple(memory.kept())
    if not kept:
        memory.undissolve()
        return "nothing is installed on this machine"
    wanted = replace(kept[0], files=tuple(file for one in kept for file in one.files))
    cluster = None if memory.dissolved else open_cluster(host, wanted)
    if cluster is not None and _serves(cluster):
        with cluster.lock(events, patience=LOCK_SECONDS):
            _give_up_membership(host, events, wanted, cluster)
    _stop(host, events, wanted, grace=0.0 if memory.dissolved else wanted.manifest.shutdown_delay + GRACE_SECONDS)
    _remove(host, events, wanted, with_data=memory.dissolved or remove_data)
    return "the machine has left the cluster"


def _serves(cluster: Cluster) -> bool:
    members = cluster.look().members
    return members is not None and len([m for m in members if not m.learner]) > 1


def _give_up_membership(host: Host, events: Events, wanted: Wanted, cluster: Cluster) -> None:
    members = cluster.members()
    own = next((m for m in members if cluster.me.peer_url in m.peer_urls), None)
    if own is not None:
        healthy = frozenset(m.id for m in cluster.healthy_others(members))
        voters = [m for m in members if not m.learner]
        # how many members the cluster will have afterwards is unknown here: the remaining ones must keep a quorum
        if not changes.may_remove(own, members=members, healthy=healthy, target=len(voters) - 1):
            raise Failed(
                f"{cluster.me.name} must stay: only {len(healthy)} of the other {len(voters) - 1} members are healthy, "
                "so the cluster would lose its quorum; repair them first"
            )
    services = Services(host)
    services.stop("kubelet.service")
    events.step("leave", "applying", "removing the node from the API")
    manifest = wanted.manifest
    try:
        words = ("delete", "node", manifest.name, "--ignore-not-found", "--wait=false")
        kubectl(host, manifest.address, *words, seconds=5, timeout=10)
    except CommandFailed as error:
        events.step("leave", "applying", f"the node's object remains; delete it manually: {error.said.strip()[:200]}")
    if wanted.manifest.virtual_ip:
        services.stop("keepalived.service")
    end_containers(host, grace=wanted.manifest.shutdown_delay + GRACE_SECONDS)
    if own is not None:
        cluster.hand_over()
        changes.replace(cluster, own, say=lambda text: events.step("leave", "applying", text))


def _stop(host: Host, events: Events, wanted: Wanted, *, grace: float) -> None:
    events.step("leave", "applying", "stopping the programs")
    services = Services(host)
    front = [f"{wanted.manifest.balancer}.service"] if wanted.manifest.balancer else []
    front += ["keepalived.service"] if wanted.manifest.virtual_ip else []
    own = [f"{name}.service" for name in OWN[wanted.manifest.role]]
    for unit in (*front, *own, TIMER, PROOF_TIMER):
        services.disable(unit)
    for service in OWN_SERVICES:
        if wanted.of(service.name):
            services.disable(service.unit)
            services.stop(service.unit)
    routed = any(file.step == "pod-network" for file in wanted.files)
    if routed:
        services.disable(f"{UNIT}.timer")
        services.stop(f"{UNIT}.timer")
    if wanted.of("backup"):
        host.commands.succeeds("systemctl", "stop", TIMER, PROOF_TIMER, timeout=10.0)
    if grace:
        host.commands.succeeds("systemctl", "stop", *front, *own, timeout=20.0)
    elif front:
        # stopped, not killed: keepalived removes its address when it stops
        host.commands.succeeds("systemctl", "stop", *front, timeout=10.0)
    if own:
        services.kill(*own)
        end_containers(host, grace=grace)
        unmount(host, host.commands)
    if routed:
        release(host)


def _remove(host: Host, events: Events, wanted: Wanted, *, with_data: bool) -> None:
    events.step("leave", "applying", "removing files")
    own_runtime = wanted.manifest.store is not None and wanted.manifest.role != "balancer"
    _remove_data(host, with_data=with_data)
    for file in wanted.files:
        host.path(file.path).unlink(missing_ok=True)
    for path in (*WRITTEN, *(("/var/lib/containerd",) if own_runtime else ())):
        _empty(host.path(path))
    for path in (GUARD, JOIN, PLACE, OVERRIDE, CLOUD_INIT):
        host.path(path).unlink(missing_ok=True)
    for drop_in in {
        host.path(f.path).parent for f in wanted.files if f.path.endswith(".conf") and ".service.d/" in f.path
    }:
        if drop_in.is_dir() and not any(drop_in.iterdir()):
            drop_in.rmdir()
    installed = Record(host, "programs").read()
    for artifact in wanted.manifest.artifacts:
        if artifact.path in installed and artifact.kind in PLACES:
            try:
                host.path(f"{PLACES[artifact.kind]}/{Path(artifact.path).name}").unlink(missing_ok=True)
            except OSError as error:
                events.step("leave", "applying", f"{artifact.path} stays: {error}")  # a read-only mount, for example
    hosts = host.path("/etc/hosts")
    if hosts.exists():
        hosts.write_text(without_block(hosts.read_text()))
    host.commands.succeeds("systemctl", "daemon-reload")
    # last, so that a repeated run still finds what it has to remove
    shutil.rmtree(host.path(STATE), ignore_errors=True)


def _remove_data(host: Host, *, with_data: bool) -> None:
    data = host.path(DIRECTORY)
    if not data.exists():
        return
    if with_data:
        shutil.rmtree(data, ignore_errors=True)
        return
    if any(data.iterdir()):
        data.rename(host.path(f"{VOLUME}/left-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"))


def _empty(directory: Path) -> None:
    if not directory.is_dir():
        return
    for entry in directory.iterdir():  # the directory itself may be a mount point
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
