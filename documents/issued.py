"""Files that are created while the program runs: their names, modes and steps are here, their contents in the
components.
"""

from documents.balancing import balances, role
from documents.file import CertificateFile, SecretFile, Step
from documents.places import APPROVER, BALANCER_AUTHORITY, ENCRYPTION, ETCD_PKI, KUBELET_SERVING, PKI, SIGNING
from plan import Node, Plan
from plan.certificates.rotation import numbered


def secret_files(plan: Plan, node: Node) -> tuple[SecretFile, ...]:
    """Private keys, kubeconfigs and the encryption configuration of one control-plane node, sorted by path."""
    if role(plan, node) != "control-plane":
        return ()
    leaves = plan.certificates_of(node.name)
    paths = [
        ENCRYPTION,
        f"{PKI}/sa.key",
        *(f"{PKI}/{a.path}.key" for a in plan.authorities if a.key_on_nodes and _keys_travel(plan)),
        *(f"{leaf.path}.key" for leaf in leaves if leaf.path is not None),
        *(leaf.kubeconfig for leaf in leaves if leaf.kubeconfig is not None),
    ]
    return tuple(SecretFile(path=path, step=_step(path)) for path in sorted(set(paths)))


def certificate_files(plan: Plan, node: Node) -> tuple[CertificateFile, ...]:
    """Certificates and the service-account public key of one host, sorted by path."""
    balancer = {BALANCER_AUTHORITY} if balances(plan, node) and plan.settings.endpoint.balancer == "haproxy" else set()
    if role(plan, node) == "worker":
        # The authority that the worker trusts, and the one for its kubelet's clients.
        return (CertificateFile(path=f"{PKI}/ca.crt", step="kubelet"),)
    own: set[str] = set()
    if role(plan, node) == "control-plane":
        leaves = plan.certificates_of(node.name)
        own = {
            f"{PKI}/sa.pub",
            *(f"{PKI}/{authority.path}.crt" for authority in plan.authorities),
            *({SIGNING} if signs_apart(plan) else ()),
            *(f"{leaf.path}.crt" for leaf in leaves if leaf.path is not None),
        }
    return tuple(CertificateFile(path=path, step=_step(path)) for path in sorted(balancer | own))


def signs_apart(plan: Plan) -> bool:
    """Whether the controller-manager needs a separate signing file, because ca.crt has several certificates."""
    certificates = plan.settings.certificates
    several = len(certificates.generations.cluster) > 1 or signing_name(plan) in certificates.chained
    return _keys_travel(plan) and several


def signing_name(plan: Plan) -> str:
    """The name in `authorityFiles` of the generation of the cluster's authority that signs."""
    return numbered("cluster", plan.settings.certificates.generations.cluster[0])


def _keys_travel(plan: Plan) -> bool:
    return plan.settings.certificates.authorities != "external"


def _step(path: str) -> Step:
    """The step of the program that reads the file, so that a new file restarts it."""
    if path.startswith(f"{ETCD_PKI}/"):
        return "etcd"
    if path.startswith(f"{APPROVER}."):
        return "approver"
    if path == BALANCER_AUTHORITY:
        return "balancer"
    if path.startswith(KUBELET_SERVING) or path.endswith("/kubelet.conf"):
        return "kubelet"
    return "control-plane"
