"""The certificates on this node, and how many days each is still valid."""

from agent.kubernetes.kubeadm import PKI
from agent.pki.certificate import NotACertificate, from_text
from agent.system.host import Host

KUBECONFIGS = ("admin", "super-admin", "controller-manager", "scheduler", "kubelet")


def certificates(host: Host) -> list[dict[str, object]]:
    """Every certificate file and kubeconfig with its days left, the first to expire first."""
    paths = [*host.path(PKI).rglob("*.crt"), *host.path("/var/lib/kubelet/pki").glob("*.crt")]
    paths += [host.path(f"/etc/kubernetes/{name}.conf") for name in KUBECONFIGS]
    found: list[tuple[int, dict[str, object]]] = []
    for path in paths:
        try:
            facts = from_text(path.read_text())
        except (OSError, NotACertificate):
            continue
        entry = {"path": f"/{path.relative_to(host.root)}", "notAfter": facts.not_after.isoformat()}
        found.append((facts.days_left(), {**entry, "daysLeft": facts.days_left()}))
    return [entry for _, entry in sorted(found, key=lambda pair: (pair[0], str(pair[1]["path"])))]
