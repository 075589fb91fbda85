"""Grammars of texts that do not depend on other settings.

Every text reaches a configuration file, a command line or a cloud's API, and the strictest of these determines what it
may contain. A test checks that every text in the settings refuses the characters that break such files.
"""

from collections.abc import Iterator, Mapping

from plan.quantities import millicores, octets
from plan.refusal import Refusal
from plan.settings import syntax
from plan.settings.cluster import Settings
from plan.validation import aws_texts
from plan.validation.grammar import Grammar, grammar, matching
from plan.validation.leaves import leaves
from plan.visible import shown

HOSTS = ("nodes", "workers", "balancers")


def _local_path(text: str) -> bool:
    return syntax.is_printable(text) and len(text) <= syntax.LONGEST_PATH


_USER = grammar(syntax.is_user, "the name of an account", "every host is reached by SSH", "such as `root`")
_INTERFACE = grammar(
    syntax.is_interface,
    "the name of a network interface: at most 15 letters, digits, dots, hyphens or underscores",
    "Keepalived puts the virtual IP on it",
    "see `ip link` on a host",
)
_CPU = grammar(
    lambda text: millicores(text) is not None,
    "a CPU quantity",
    "the API server or the kubelet refuses it",
    "such as 500m or 2",
)
_MEMORY = grammar(
    lambda text: octets(text) is not None,
    "a memory quantity",
    "the API server or the kubelet refuses it",
    "such as 256Mi, 1.5Gi or 1G",
)
_VERSION = "an exact release, without `v`"
_SAME = "nodes that are created on different days must run the same program"
_LOCAL_FILE = grammar(
    _local_path, "a path without control characters", "the file is read on this computer", "correct the path"
)

GRAMMARS: Mapping[str, Grammar] = {
    "cluster": grammar(
        syntax.is_label,
        "a DNS label: up to 63 lower-case letters, digits and hyphens",
        "it becomes part of file names, resource names and etcd's token",
        "such as `prod-eu`",
    ),
    **{f"{host}[].sshUser": _USER for host in HOSTS},
    **{f"{host}[].interface": _INTERFACE for host in HOSTS},
    **{
        f"{host}[].failureDomain": grammar(
            syntax.is_label_value,
            "1 to 63 letters, digits, dots, hyphens or underscores",
            "it becomes the node's label topology.kubernetes.io/zone",
            "such as `rack-1`",
        )
        for host in HOSTS
    },
    "ssh.user": _USER,
    "artifacts.manifest": _LOCAL_FILE,
    "endpoint.virtualIp.interface": _INTERFACE,
    "localMachines.bridge": grammar(
        syntax.is_interface,
        "the name of a network interface: at most 15 letters, digits, dots, hyphens or underscores",
        "this computer creates the bridge that connects the machines",
        "such as `quorate0`",
    ),
    "network.timeServers[]": grammar(
        lambda text: syntax.is_dns_name(text) or syntax.is_address(text),
        "a DNS name or an IP address without a zone",
        "it becomes a line of chrony's configuration",
        "such as ntp.example.com",
    ),
    "network.dnsDomain": grammar(
        syntax.is_dns_name,
        "a DNS name",
        "every Service has a name below it, and the API server's certificate has one of them",
        "usually cluster.local",
    ),
    "controlPlane.kubernetesVersion": matching(
        r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}", _VERSION, _SAME, "such as 1.36.3"
    ),
    "etcd.version": matching(r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}", _VERSION, _SAME, "such as 3.6.10"),
    "controlPlane.imageRepository": matching(
        r"[a-z0-9][a-z0-9.-]{0,252}(:[0-9]{1,5})?(/[a-z0-9._-]{1,128}){0,16}",
        "a registry and path, without a scheme",
        "it is the prefix of every image's name",
        "such as registry.k8s.io",
    ),
    "controlPlane.serviceAccountIssuers[]": grammar(
        lambda text: syntax.is_web_address(text, schemes=("https",)),
        "an https URL",
        "every service-account token names its issuer, and pods compare it exactly",
        "such as https://api.prod.example.com:8443",
    ),
    **{f"controlPlane.{part}.cpu": _CPU for part in ("kubeReserved", "systemReserved")},
    **{f"controlPlane.{part}.memory": _MEMORY for part in ("kubeReserved", "systemReserved")},
    **{f"addons.namespaces[].quota.{key}": _CPU for key in ("requestsCpu", "limitsCpu")},
    **{f"addons.namespaces[].quota.{key}": _MEMORY for key in ("requestsMemory", "limitsMemory")},
    **{f"addons.namespaces[].containers.cpu.{key}": _CPU for key in ("minimum", "request", "limit", "maximum")},
    **{f"addons.namespaces[].containers.memory.{key}": _MEMORY for key in ("minimum", "request", "limit", "maximum")},
    "addons.externalDns.owner": grammar(
        syntax.is_label_value,
        "1 to 63 letters, digits, dots, hyphens or underscores",
        "it is written to a TXT record beside each record",
        "leave it out for the cluster's name",
    ),
    "addons.externalDns.credentialsSecret": grammar(
        syntax.is_dns_name, "the name of a Secret", "it is mounted into the pod", "such as external-dns-credentials"
    ),
    "addons.storageClass.name": grammar(
        syntax.is_dns_name,
        "the name of a StorageClass, which is a DNS name",
        "the API server refuses it",
        "such as gp3",
    ),
    "addons.storageClass.provisioner": grammar(
        lambda text: syntax.is_dns_name(text.lower()),
        "a CSI driver",
        "the API server refuses it",
        "such as ebs.csi.aws.com",
    ),
    "addons.storageClass.parameters.KEY": matching(
        r"[A-Za-z0-9][A-Za-z0-9._/-]{0,126}", "a parameter's name", "the driver reads it", "such as `type`"
    ),
    "addons.storageClass.parameters.VALUE": grammar(
        lambda text: text.isprintable() and len(text) <= syntax.LONGEST_PATH,
        "a text without control characters",
        "the driver reads it",
        "correct it",
    ),
    **aws_texts.GRAMMARS,
}


def grammars(settings: Settings) -> Iterator[Refusal]:
    """Every text that breaks its grammar."""
    for leaf in leaves(settings):
        expected = GRAMMARS.get(leaf.kind)
        if expected is not None and isinstance(leaf.value, str) and not expected.accepts(leaf.value):
            found = shown(leaf.value) if leaf.value else "empty"
            yield Refusal(at=leaf.at, what=expected.what, found=found, why=expected.why, fix=expected.fix)
