"""Talos on own machines: talosctl renders a machine configuration and applies it to each address."""

from tests.policy.foreign.case import Alone
from tests.policy.foreign.parts.command import Local
from tests.policy.foreign.parts.texts import as_yaml

ADDRESS = "192.168.50.10"
NODES = {f"talos-{n}": f"192.168.50.1{n}" for n in range(1, 4)}


def patch(name: str, address: str) -> str:
    """What differs from the defaults on one machine."""
    interface = {"interface": "eth0", "addresses": [f"{address}/24"], "vip": {"ip": ADDRESS}}
    return as_yaml(
        {
            "machine": {
                "type": "controlplane",
                "install": {"disk": "/dev/nvme0n1"},
                "network": {"hostname": name, "interfaces": [interface]},
            },
            "cluster": {"clusterName": "edge", "controlPlane": {"endpoint": f"https://{ADDRESS}:6443"}},
        }
    )


def program() -> None:
    """Three machines, and the first start of etcd."""
    for name, address in NODES.items():
        command = f'talosctl apply-config --insecure --nodes {address} --file base.yaml --config-patch "$PATCH"'
        Local(name, create=command, environment={"PATCH": patch(name, address)})
    Local("bootstrap", create=f"talosctl bootstrap --nodes {NODES['talos-1']} --endpoints {NODES['talos-1']}")


ALONE = Alone(name="talos", program=program, idea="Talos' own configuration", expected=frozenset({"P103"}))
