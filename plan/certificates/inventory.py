"""The inventory: which leaf certificates every node gets (kubeadm's list, and the kubelet's serving pair)."""

from plan.certificates import names
from plan.certificates.authorities import CLUSTER, ETCD, FRONT_PROXY, Authority
from plan.certificates.certificate import BOTH, CLIENT, SERVER, Certificate, Subject, Usage
from plan.certificates.names import Names
from plan.certificates.renewal import early_renewal_hours
from plan.network.endpoint import Endpoint
from plan.nodes import Address, Node
from plan.settings import Settings

KUBERNETES = "/etc/kubernetes"
PKI = f"{KUBERNETES}/pki"
ADD_ONS = "add-ons"
METRICS_SERVER = "metrics-server"
METRICS_SERVER_HOST = "metrics-server.kube-system.svc"  # what the API server dials, for its Service
NO_NAMES = Names(dns=(), addresses=())


def certificates(
    settings: Settings, *, nodes: tuple[Node, ...], endpoint: Endpoint, service_ips: tuple[Address, ...]
) -> tuple[Certificate, ...]:
    """Every leaf of the cluster: the program's own, then those of each node, in the order of docs/certificates.md."""
    own = _in_the_cluster(settings) if settings.addons.enabled else ()
    return own + tuple(
        leaf
        for node in nodes
        for leaf in _Issue(settings, node).all(
            names.api_server(node, endpoint=endpoint, service_ips=service_ips, dns_domain=settings.network.dns_domain)
        )
    )


def _in_the_cluster(settings: Settings) -> tuple[Certificate, ...]:
    metrics = settings.addons.metrics_server.enabled
    return (_add_ons(settings), *([_metrics_server(settings)] if metrics else []))


def _metrics_server(settings: Settings) -> Certificate:
    """The serving certificate of metrics-server, which the API server verifies.

    It is stored in a Secret of the cluster.
    """
    return Certificate(
        name=METRICS_SERVER,
        node=None,
        issuer=CLUSTER,
        subject=_name(METRICS_SERVER_HOST),
        usages=SERVER,
        dns_names=(METRICS_SERVER_HOST,),
        lifetime_hours=settings.certificates.leaf_hours,
        early_renewal_hours=early_renewal_hours(settings.certificates, 0),
    )


def _add_ons(settings: Settings) -> Certificate:
    """The program creates the cluster's add-ons with this certificate.

    It is stored only in the stack's state, beside the authority's key. It expires with the leaves of the first node.
    With a shorter lifetime, a stack that is not updated for a week could not refresh; and anyone who can read the state
    can sign new ones anyway. RBAC can remove the rights of its group.
    """
    return Certificate(
        name=ADD_ONS,
        node=None,
        issuer=CLUSTER,
        subject=_name("quorate:add-ons", "kubeadm:cluster-admins"),
        usages=CLIENT,
        lifetime_hours=settings.certificates.leaf_hours,
        early_renewal_hours=early_renewal_hours(settings.certificates, 0),
    )


class _Issue:
    """Issues the leaves of one node, which share most fields."""

    def __init__(self, settings: Settings, node: Node) -> None:
        self._node = node
        self._workers = bool(settings.workers)
        self._lifetime = settings.certificates.leaf_hours
        self._early = early_renewal_hours(settings.certificates, node.index)

    def all(self, api_server: Names) -> tuple[Certificate, ...]:
        node = self._node
        member = _name(node.name)
        kubelet = _name(f"system:node:{node.name}", "system:nodes")
        return (
            self._file("apiserver", CLUSTER, _name("kube-apiserver"), SERVER, api_server),
            # Without an organization: since 1.36 kubeadm binds this user by name to system:kubelet-api-admin.
            self._file("apiserver-kubelet-client", CLUSTER, _name("kube-apiserver-kubelet-client")),
            self._file("apiserver-etcd-client", ETCD, _name("kube-apiserver-etcd-client")),
            self._file("etcd-server", ETCD, member, BOTH, names.etcd(node), path=f"{PKI}/etcd/server"),
            self._file("etcd-peer", ETCD, member, BOTH, names.etcd(node), path=f"{PKI}/etcd/peer"),
            self._file(
                "etcd-healthcheck-client",
                ETCD,
                _name("kube-etcd-healthcheck-client"),
                path=f"{PKI}/etcd/healthcheck-client",
            ),
            self._file("front-proxy-client", FRONT_PROXY, _name("front-proxy-client")),
            self._kubeconfig("admin", _name("kubernetes-admin", "kubeadm:cluster-admins")),
            self._kubeconfig("super-admin", _name("kubernetes-super-admin", "system:masters")),
            self._kubeconfig("controller-manager", _name("system:kube-controller-manager")),
            self._kubeconfig("scheduler", _name("system:kube-scheduler")),
            self._kubeconfig("kubelet", kubelet),
            *(
                # Approves the certificates of planned workers.
                [self._file("approver", CLUSTER, _name("quorate:approver"), path=f"{PKI}/approver")]
                if self._workers
                else []
            ),
            self._file(
                "kubelet-serving", CLUSTER, kubelet, SERVER, names.kubelet(node), path="/var/lib/kubelet/pki/serving"
            ),
        )

    def _file(
        self,
        name: str,
        issuer: Authority,
        subject: Subject,
        usages: tuple[Usage, ...] = CLIENT,
        valid_for: Names = NO_NAMES,
        *,
        path: str | None = None,
    ) -> Certificate:
        return Certificate(
            name=name,
            node=self._node.name,
            issuer=issuer,
            subject=subject,
            usages=usages,
            dns_names=valid_for.dns,
            addresses=valid_for.addresses,
            lifetime_hours=self._lifetime,
            early_renewal_hours=self._early,
            path=path or f"{PKI}/{name}",
        )

    def _kubeconfig(self, name: str, subject: Subject) -> Certificate:
        return Certificate(
            name=name,
            node=self._node.name,
            issuer=CLUSTER,
            subject=subject,
            usages=CLIENT,
            lifetime_hours=self._lifetime,
            early_renewal_hours=self._early,
            kubeconfig=f"{KUBERNETES}/{name}.conf",
        )


def _name(common_name: str, organization: str | None = None) -> Subject:
    return Subject(common_name=common_name, organization=organization)
