"""Reports the state of this node; a part that cannot be read does not affect the others."""

from pathlib import Path

from agent.etcd.cluster import open_cluster
from agent.etcd.gateway import EtcdRefused
from agent.kubernetes.certificates import certificates
from agent.kubernetes.kubeadm import API_PORT, PKI
from agent.model.json_reading import Malformed
from agent.model.wanted import Wanted, read
from agent.system.commands import CommandFailed
from agent.system.host import Host
from agent.system.memory import Memory
from agent.system.probe import readiness
from agent.system.services import OWN, Services


def status(host: Host, directory: Path) -> dict[str, object]:
    """Keys: installed, dissolved; if installed also name, role, services, virtualIp, certificates, etcd, api."""
    try:
        wanted = read(directory)
    except Malformed:
        return {"installed": False, "dissolved": Memory(host).dissolved}
    manifest = wanted.manifest
    answer: dict[str, object] = {
        "installed": True,
        "dissolved": Memory(host).dissolved,
        "name": manifest.name,
        "role": manifest.role,
        "services": _services(host, wanted),
        "virtualIp": _virtual_ip(host, wanted),
        "certificates": certificates(host),
    }
    if manifest.role == "control-plane":
        seen = readiness(manifest.address, API_PORT, authority=host.path(f"{PKI}/ca.crt"))
        answer["api"] = {"ready": seen is None, "text": seen or "ok"}
        answer["etcd"] = _etcd(host, wanted)
    return answer


def _services(host: Host, wanted: Wanted) -> dict[str, str]:
    front: list[str] = [wanted.manifest.balancer] if wanted.manifest.balancer else []
    front += ["keepalived"] if wanted.manifest.virtual_ip else []
    own = sorted(OWN[wanted.manifest.role])
    services = Services(host)
    try:
        return {name: services.state(f"{name}.service").found for name in [*own, *front]}
    except CommandFailed as error:
        return {"systemd": str(error)}


def _virtual_ip(host: Host, wanted: Wanted) -> dict[str, object] | None:
    if wanted.manifest.virtual_ip is None:
        return None
    address = wanted.manifest.virtual_ip.address
    try:
        shown = host.commands.run("ip", "-oneline", "address", "show", "dev", wanted.manifest.virtual_ip.interface)
    except CommandFailed as error:
        return {"address": address, "owner": False, "text": str(error)}
    return {"address": address, "owner": f" {address}/" in shown}


def _etcd(host: Host, wanted: Wanted) -> dict[str, object]:
    cluster = open_cluster(host, wanted)
    if cluster is None:
        return {}
    try:
        members = cluster.look().members
    except EtcdRefused as error:
        return {"healthy": False, "text": str(error), "quorum": False, "members": []}
    own = cluster.health(cluster.me.client_url)
    listed = [
        {"name": m.name, "id": f"{m.id:x}", "learner": m.learner, "peerUrls": list(m.peer_urls)} for m in members or ()
    ]
    answer: dict[str, object] = {"quorum": members is not None, "members": listed}
    if isinstance(own, str):
        return {**answer, "healthy": False, "text": own}
    leader = next((m.name for m in members or () if m.id == own.leader), f"{own.leader:x}")
    return {
        **answer,
        "healthy": not own.errors,
        "text": "; ".join(own.errors) or "ok",
        "leader": leader,
        "leads": own.leader == own.id,
        "learner": own.learner,
        "version": own.version,
        "databaseBytes": own.database_bytes,
        "usedBytes": own.used_bytes,
    }
