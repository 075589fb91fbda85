"""KubeletConfiguration, the same for all nodes: kubeadm keeps it in one ConfigMap (requirements BOOT-04, 17 to 20).

`resolvConf` is left to kubeadm on purpose: it checks on each machine whether systemd-resolved runs and then points the
kubelet past the stub, which would otherwise send the cluster's DNS queries in a loop. The plan cannot know whether it
does.
"""

from documents.nesting import nested
from documents.places import CONTAINERD_SOCKET, KUBELET_SERVING, PKI
from documents.tls import CIPHER_SUITES, KUBERNETES_MINIMUM
from documents.yaml_text import Data, Document
from plan import Plan
from plan.settings import Settings

API = "kubelet.config.k8s.io/v1beta1"


def configuration(plan: Plan) -> Document:
    """The kubelet's document in kubeadm.yaml."""
    settings = plan.settings
    return {
        "apiVersion": API,
        "kind": "KubeletConfiguration",
        **_access(),
        **_machine(settings),
        "clusterDNS": [str(address) for address in plan.dns_ips],
        "clusterDomain": settings.network.dns_domain,
        "kubeReserved": _reserved(
            settings.control_plane.kube_reserved.cpu, settings.control_plane.kube_reserved.memory
        ),
        "systemReserved": _reserved(
            settings.control_plane.system_reserved.cpu, settings.control_plane.system_reserved.memory
        ),
        # Reservations reduce what pods may allocate; they are only enforced for pods. Enforcing them for system daemons
        # would throttle etcd and the runtime (Kubernetes: "enforce pods first, the others when you have measured").
        "enforceNodeAllocatable": ["pods"],
        "evictionHard": _eviction(settings),
        "imageGCHighThresholdPercent": _image_collection(settings),
        "containerLogMaxSize": "10Mi",
        "containerLogMaxFiles": 5,
    }


def of_worker(plan: Plan) -> Document:
    """A worker's own document: it gets its certificates through signing requests, and repeats these before the
    certificates expire.
    """
    own: dict[str, Data] = {
        "rotateCertificates": True,
        "serverTLSBootstrap": True,
        "containerRuntimeEndpoint": CONTAINERD_SOCKET,
    }
    issued = ("tlsCertFile", "tlsPrivateKeyFile")
    return {**{key: value for key, value in configuration(plan).items() if key not in issued}, **own}


def _access() -> dict[str, Data]:
    return {
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{PKI}/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "readOnlyPort": 0,
        "tlsCertFile": f"{KUBELET_SERVING}.crt",
        "tlsPrivateKeyFile": f"{KUBELET_SERVING}.key",
        "tlsMinVersion": KUBERNETES_MINIMUM,
        "tlsCipherSuites": list(CIPHER_SUITES),
        # Both of the kubelet's certificates come from the certificate tree, which also renews them. kubeadm always
        # writes true here; the flag in `kubeadm.init_configuration` overrides it.
        "rotateCertificates": False,
        "serverTLSBootstrap": False,
        "enableProfilingHandler": False,
    }


def _machine(settings: Settings) -> dict[str, Data]:
    if nested(settings):
        return {
            # A container may not have systemd's cgroups or cgroup version 2, its swap belongs to the computer, disk
            # quotas cannot be read, and kernel parameters must not be changed.
            "cgroupDriver": "cgroupfs",
            "failCgroupV1": False,
            "failSwapOn": False,
            "localStorageCapacityIsolation": False,
            "protectKernelDefaults": False,
        }
    return {"cgroupDriver": "systemd", "failSwapOn": True, "protectKernelDefaults": True}


def _reserved(cpu: str, memory: str) -> dict[str, Data]:
    return {"cpu": cpu, "memory": memory}


def _eviction(settings: Settings) -> dict[str, Data]:
    # Setting one threshold removes the kubelet's defaults for all others, so all of them are set. Nested machines share
    # the computer's disk: its usage does not depend on them alone ("0%" switches a signal off).
    own_disk = not nested(settings)
    return {
        "memory.available": "100Mi",
        "nodefs.available": "10%" if own_disk else "0%",
        "nodefs.inodesFree": "5%" if own_disk else "0%",
        "imagefs.available": "15%" if own_disk else "0%",
        "imagefs.inodesFree": "5%" if own_disk else "0%",
    }


def _image_collection(settings: Settings) -> int:
    # An image from the store could not be pulled again after garbage collection. 100 switches the collection off; 85 is
    # the kubelet's default.
    return 100 if settings.artifacts.source == "store" else 85
