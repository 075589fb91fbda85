"""Kernel parameters and modules of a node (requirements BOOT-01, BOOT-02)."""

from ipaddress import IPv6Network

from documents.file import File
from documents.nesting import nested
from plan.settings import Settings

MODULES = ("overlay", "br_netfilter")

# The kubelet requires these values when it may not set them itself (protectKernelDefaults, CIS 4.2.6).
KUBELET_DEFAULTS = {
    "vm.overcommit_memory": "1",
    "vm.panic_on_oom": "0",
    "kernel.panic": "10",
    "kernel.panic_on_oops": "1",
    "kernel.keys.root_maxkeys": "1000000",
    "kernel.keys.root_maxbytes": "25000000",
}


def files(settings: Settings) -> tuple[File, ...]:
    """sysctl and modules-load; nested machines cannot load modules, so they get no list of them."""
    kernel = File(path="/etc/sysctl.d/90-quorate.conf", content=sysctl(settings), step="system")
    if nested(settings):
        return (kernel,)
    modules = File(path="/etc/modules-load.d/quorate.conf", content="".join(f"{m}\n" for m in MODULES), step="system")
    return (kernel, modules)


def sysctl(settings: Settings) -> str:
    """Kernel parameters in the format of sysctl.d. Nested machines get only those that belong to their own network."""
    values = {"net.ipv4.ip_forward": "1"}
    if any(isinstance(network, IPv6Network) for network in (*settings.network.pods, *settings.network.services)):
        values["net.ipv6.conf.all.forwarding"] = "1"
    if not nested(settings):
        values |= {
            "net.bridge.bridge-nf-call-iptables": "1",
            "net.bridge.bridge-nf-call-ip6tables": "1",
            # Swap is off; if it is turned on, etcd should be affected last.
            "vm.swappiness": "0",
            # Distributions allow 128 instances per user, and all of root's pods, controllers and log readers share
            # them.
            "fs.inotify.max_user_instances": "8192",
            "fs.inotify.max_user_watches": "524288",
            **KUBELET_DEFAULTS,
        }
    return "".join(f"{name} = {value}\n" for name, value in values.items())
