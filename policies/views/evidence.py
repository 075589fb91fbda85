"""What a machine's own documents prove about it: the programs that they start."""

from collections.abc import Iterator, Mapping

from policies.parsers.commands import invocations
from policies.parsers.etcd_command import etcd_options
from policies.parsers.haproxy import haproxy
from policies.parsers.keepalived import keepalived
from policies.parsers.kubeadm import GROUP, KINDS, mentions
from policies.parsers.nginx import upstreams
from policies.parsers.rancher import SERVER
from policies.parsers.shell import logical_lines
from policies.parsers.yaml_documents import stream
from policies.parsers.yaml_values import Unreadable

PLANE, ETCD, WORKER, BALANCER, OTHER = "control-plane", "etcd", "worker", "balancer", "other"
_JOINS = ("--control-plane", "--certificate-key")
# Options without which kube-apiserver does not serve a cluster.
_SERVES = frozenset({"etcd-servers", "service-cluster-ip-range", "service-account-issuer", "tls-cert-file"})


def role_of(texts: Mapping[str, str]) -> tuple[str, str]:
    """The role that these documents prove, and the clause that says why; `other` without evidence."""
    for role, clauses in ((PLANE, _plane(texts)), (ETCD, _etcd(texts)), (WORKER, _worker(texts))):
        if clause := next(clauses, ""):
            return role, clause
    return OTHER, ""


def _plane(texts: Mapping[str, str]) -> Iterator[str]:
    for path in texts:
        if path.endswith(SERVER):
            yield f"{path.removesuffix(SERVER)} starts a server of RKE2 or k3s"
    for path, kind, plane in _kubeadm_documents(texts):
        if kind in ("ClusterConfiguration", "InitConfiguration") or plane:
            yield f"{path} is kubeadm's {kind}"
    for found in invocations(texts, "kubeadm"):
        if found.words[:1] == ("init",):
            yield f"{found.path} runs kubeadm init"
    yield from _joins_plane(texts)
    for found in invocations(texts, "kube-apiserver"):
        if _SERVES & set(found.options):
            yield f"{found.path} starts kube-apiserver"


def _joins_plane(texts: Mapping[str, str]) -> Iterator[str]:
    for found in invocations(texts, "kubeadm"):
        if found.words[:1] == ("join",) and {"control-plane", "experimental-control-plane"} & set(found.options):
            yield f"{found.path} runs kubeadm join --control-plane"
    for path, text in texts.items():
        # The command itself may come from elsewhere when the machine boots; its options are kubeadm's alone.
        lines = logical_lines(text) if all(option in text for option in _JOINS) else ()
        if any(all(option in line for option in _JOINS) for line in lines):
            yield f"{path} joins as a control-plane node"


def _etcd(texts: Mapping[str, str]) -> Iterator[str]:
    if any("etcd" in text or "ETCD_" in text or "initial-cluster" in text for text in texts.values()):
        options = etcd_options(texts)
        if options:
            name = next((path for path, text in texts.items() if "peer-urls" in text or "PEER_URLS" in text), "")
            yield f"{name or next(iter(texts))} starts an etcd member"


def _worker(texts: Mapping[str, str]) -> Iterator[str]:
    for path, kind, _ in _kubeadm_documents(texts):
        if kind == "JoinConfiguration":
            yield f"{path} is kubeadm's {kind}"
    for found in invocations(texts, "kubeadm"):
        if found.words[:1] == ("join",):
            yield f"{found.path} runs kubeadm join"


def _kubeadm_documents(texts: Mapping[str, str]) -> Iterator[tuple[str, str, bool]]:
    for path, text in texts.items():
        if GROUP not in text or not mentions(text):
            continue
        try:
            documents = stream(text)
        except Unreadable:
            # This proves an attempt, so the machine is in scope and its document is reported.
            kind = next(kind for kind in KINDS if kind in text)
            if kind in ("ClusterConfiguration", "InitConfiguration") and path.startswith("/"):
                yield path, kind, True
            continue
        for document in documents:
            if GROUP in str(document.get("apiVersion", "")):
                yield path, str(document.get("kind", "")), document.get("controlPlane") not in (None, False)


def forwards(texts: Mapping[str, str]) -> frozenset[tuple[str, int]]:
    """Addresses and ports to which HAProxy or an nginx stream in these documents sends connections."""
    found: set[tuple[str, int]] = set()
    for text in texts.values():
        if "server " not in text:
            continue
        if any(f"{word} " in text for word in ("backend", "listen")):
            parsed = haproxy(text)
            found |= {(s.address, s.port) for part in parsed.of("backend", "listen") for s in parsed.servers(part)}
        if "upstream" in text and "stream" in text:
            try:
                found |= {server for upstream in upstreams(text) for server in upstream.servers}
            except Unreadable:
                continue
    return frozenset(found)


def carries(texts: Mapping[str, str]) -> frozenset[str]:
    """Virtual addresses of Keepalived in these documents."""
    found: set[str] = set()
    for text in texts.values():
        if "vrrp_instance" in text:
            try:
                found |= {address for instance in keepalived(text).instances for address in instance.addresses}
            except Unreadable:
                continue
    return frozenset(found)
