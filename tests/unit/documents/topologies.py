"""Plans that the tests of documents render: the local preset, and departures from it that change a text."""

from plan import Plan, make
from plan.loading.configuration import read
from plan.loading.presets import merged

LOCAL: dict[str, object] = {"preset": "local", "network": {"timeServers": ["10.88.0.1"]}}
NGINX: dict[str, object] = {"endpoint": {"balancer": "nginx"}}

# A data centre's hosts are whole machines: their own kernel, clock and disk.
WHOLE_MACHINES: dict[str, object] = {"localMachines": None}
PACKAGES: dict[str, object] = {"artifacts": {"source": "packages", "store": None, "manifest": None}}
DEDICATED: dict[str, object] = {
    "balancers": [{"name": f"lb{i}", "address": f"10.88.0.2{i}", "failureDomain": f"rack{i}"} for i in (1, 2)],
    "endpoint": {"port": 6443, "dedicatedHosts": ["lb1", "lb2"]},
}
ALONE: dict[str, object] = {
    "members": 1,
    "singleMember": True,
    "singleFailureDomain": True,
    "nodes": [{"name": "cp1", "address": "10.88.0.11", "failureDomain": "machine-1"}],
}
FIVE: dict[str, object] = {
    "members": 5,
    "nodes": [{"name": f"cp{i}", "address": f"10.88.0.{10 + i}", "failureDomain": f"machine-{i}"} for i in range(1, 6)],
}
ALL_ETCD: dict[str, object] = {"controlPlane": {"etcdServers": "all"}}
IPV6: dict[str, object] = {
    "nodes": [{"name": f"cp{i}", "address": f"fd00:88::1{i}", "failureDomain": f"machine-{i}"} for i in (1, 2, 3)],
    "network": {
        "hosts": "fd00:88::/64",
        "gateway": "fd00:88::1",
        "pods": ["fd00:244::/56"],
        "services": ["fd00:96::/112"],
        "timeServers": ["fd00:88::1"],
    },
    "endpoint": {"virtualIp": {"address": "fd00:88::10", "interface": "host0"}},
}


def local(*departures: dict[str, object]) -> Plan:
    """The local preset with the departures laid over it, one after the other."""
    settings = dict(LOCAL)
    for departure in departures:
        settings = merged(settings, departure)
    return make(read(settings))
