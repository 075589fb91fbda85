"""kubeadm's ClusterConfiguration: the control plane's flags (requirements BOOT-07, CP-01 to CP-19).

It must be the same on every node, because kubeadm keeps it in one ConfigMap that all nodes write at the same time.
"""

import hashlib
from collections.abc import Mapping

from documents import audit, authentication, encryption
from documents.issued import signs_apart
from documents.places import AUDIT, AUDIT_LOG, AUTHENTICATION, CONFIGURATION, ENCRYPTION, ETCD_PKI, PKI, SIGNING
from documents.serving import shutdown_delay
from documents.tls import CIPHER_SUITES, KUBERNETES_MINIMUM
from documents.yaml_text import Data, Document
from plan import Plan
from plan.members import CLIENT_PORT
from plan.settings import Settings

API = "kubeadm.k8s.io/v1beta4"


def configuration(plan: Plan) -> Document:
    """The whole document."""
    settings = plan.settings
    return {
        "apiVersion": API,
        "kind": "ClusterConfiguration",
        "kubernetesVersion": f"v{settings.control_plane.kubernetes_version}",
        "clusterName": settings.cluster,
        "controlPlaneEndpoint": f"{plan.endpoint.name}:{plan.endpoint.port}",
        "certificatesDir": PKI,
        "encryptionAlgorithm": settings.certificates.algorithm,
        "imageRepository": settings.control_plane.image_repository,
        "networking": {
            "serviceSubnet": ",".join(str(network) for network in settings.network.services),
            "podSubnet": ",".join(str(network) for network in settings.network.pods),
            "dnsDomain": settings.network.dns_domain,
        },
        "dns": {"disabled": True},
        "proxy": {"disabled": True},
        "etcd": {
            "external": {
                "endpoints": etcd_endpoints(plan),
                "caFile": f"{ETCD_PKI}/ca.crt",
                "certFile": f"{PKI}/apiserver-etcd-client.crt",
                "keyFile": f"{PKI}/apiserver-etcd-client.key",
            }
        },
        "apiServer": _api_server(plan),
        "controllerManager": {
            "extraArgs": _arguments(
                {
                    **_hardening(),
                    # The default keeps 12,500 finished pods in etcd (CIS 1.3.1).
                    "terminated-pod-gc-threshold": "1000",
                    # The plan gives each node its range (`documents.node_object`). If ranges were assigned in the order
                    # of arrival, they would not match the routes.
                    "allocate-node-cidrs": "false",
                    **_signing(plan),
                }
            )
        },
        "scheduler": {"extraArgs": _arguments(_hardening())},
    }


def etcd_endpoints(plan: Plan) -> list[str]:
    """Members that each API server dials: all of them, or only the one on its own machine."""
    if plan.settings.control_plane.etcd_servers == "own":
        return [f"https://127.0.0.1:{CLIENT_PORT}"]
    return [member.client_url for member in plan.members]


def configuration_digest(settings: Settings) -> str:
    """Short hash of the files that the API server reads besides its flags, without their secrets.

    It is in the static pod's manifest, so that a changed file restarts the API server; the kubelet only watches
    manifests.
    """
    texts = (
        audit.policy(settings.control_plane.audit),
        authentication.configuration(),
        f"{settings.control_plane.encryption}: {', '.join(encryption.RESOURCES)}",
    )
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def _api_server(plan: Plan) -> Document:
    address = plan.endpoint.address
    static = [str(address)] if address else []
    names = [plan.endpoint.name, *plan.endpoint.other_names, *static, "localhost", "127.0.0.1", "::1"]
    return {
        "certSANs": names,
        "extraArgs": _arguments(_api_server_flags(plan)),
        "extraEnvs": [{"name": "QUORATE_CONFIG", "value": configuration_digest(plan.settings)}],
        "extraVolumes": [
            _volume("quorate", CONFIGURATION, read_only=True, kind="Directory"),
            _volume("audit-log", AUDIT_LOG, read_only=False, kind="DirectoryOrCreate"),
        ],
    }


def _api_server_flags(plan: Plan) -> dict[str, str | tuple[str, ...]]:
    log = plan.settings.control_plane.audit
    return {
        **_hardening(),
        "authorization-mode": "Node,RBAC",
        "enable-admission-plugins": "NodeRestriction",
        "authentication-config": AUTHENTICATION,
        "encryption-provider-config": ENCRYPTION,
        "encryption-provider-config-automatic-reload": "true",
        "audit-policy-file": AUDIT,
        "audit-log-path": f"{AUDIT_LOG}/audit.log",
        "audit-log-maxage": str(log.max_age_days),
        "audit-log-maxbackup": str(log.max_backups),
        "audit-log-maxsize": str(log.max_size_megabytes),
        "kubelet-certificate-authority": f"{PKI}/ca.crt",
        # Tokens contain their issuer, so it must not change with nodes, addresses or certificates. The first signs, all
        # are accepted.
        "service-account-issuer": plan.service_account_issuers,
        # /readyz fails immediately while requests are still served: balancers stop using the server before connections
        # break.
        "shutdown-delay-duration": f"{shutdown_delay(plan.settings)}s",
        # Behind a TCP balancer connections stay with the server that came back first; one request in a thousand moves.
        "goaway-chance": "0.001",
    }


def _signing(plan: Plan) -> dict[str, str]:
    return {"cluster-signing-cert-file": SIGNING} if signs_apart(plan) else {}


def _hardening() -> dict[str, str]:
    return {
        "profiling": "false",
        "tls-min-version": KUBERNETES_MINIMUM,
        "tls-cipher-suites": ",".join(CIPHER_SUITES),
    }


def _arguments(flags: Mapping[str, str | tuple[str, ...]]) -> list[Data]:
    """A flag with several values is given once for each of them, in order."""
    each = ((name, (value,) if isinstance(value, str) else value) for name, value in flags.items())
    return [{"name": name, "value": one} for name, values in each for one in values]


def _volume(name: str, path: str, *, read_only: bool, kind: str) -> Document:
    return {"name": name, "hostPath": path, "mountPath": path, "readOnly": read_only, "pathType": kind}
