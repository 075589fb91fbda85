"""Pods on named nodes. Their program only sleeps; tests run programs of the machine in the pod's network."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from documents.containerd import PAUSE
from workbench.lab.api import Answer, Connection
from workbench.lab.machines import Machines
from workbench.lab.wait import NotYet, until

PODS = "/api/v1/namespaces/default/pods"
CREATED, OK = 201, 200
START_SECONDS = 60.0  # seconds; far longer than necessary
# A server that sends each caller the source address of its connection.
SERVER = """import socket
with socket.create_server(("", 8080)) as server:
    while True:
        connection, (caller, *_) = server.accept()
        connection.sendall(caller.encode()); connection.close()
"""
CLIENT = """import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=3) as connection:
    print(connection.makefile().read())
"""


class Place(Protocol):
    """A cluster on machines of this computer, whatever made them."""

    @property
    def machines(self) -> Machines:
        """Its nodes."""

    def api(self) -> Connection:
        """A connection to its endpoint."""


def dns_pods(cluster: Place) -> list[Answer]:
    """The pods of cluster DNS."""
    return cluster.api().get("/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-dns").items()


@dataclass(frozen=True, kw_only=True)
class Pod:
    """A running pod; `network` is the name of its namespace on the machine."""

    cluster: Place
    name: str
    node: str
    address: str
    network: str

    def run(self, *command: str, seconds: float = 10.0) -> str:
        """Returns the output of a program of the machine in the pod's network. Raises `CommandFailed`."""
        within = ("ip", "netns", "exec", self.network, *command)
        return self.cluster.machines.run(self.node, *within, seconds=seconds)

    def serve(self) -> None:
        """Serve on port 8080 until the pod is deleted."""
        self.run("systemd-run", "--quiet", "--unit", f"serve-{self.name}", *self._within("python3", "-c", SERVER))

    def calls(self, address: str, port: int = 8080) -> str:
        """The caller's address as seen by a serving pod at that address."""
        return self.run("python3", "-c", CLIENT, address, str(port)).strip()

    def _within(self, *command: str) -> tuple[str, ...]:
        return ("ip", "netns", "exec", self.network, *command)


def reaches(one: Pod, other: Pod, *, seconds: float = 10.0) -> None:
    """Wait until a pod reaches another one, which serves and sees the first by its own address. Raises `TimedOut`."""

    def call() -> None:
        seen = one.calls(other.address)
        if seen != one.address:
            raise NotYet(f"{other.node} sees {seen} instead of {one.address}")

    until(f"a pod of {one.node} reaches one of {other.node}", call, seconds=seconds)


@contextmanager
def pod(cluster: Place, node: str, **labels: str) -> Iterator[Pod]:
    """A pod on that node, deleted afterwards."""
    name = f"probe-{node}-{secrets.token_hex(3)}"
    container = {"name": "main", "image": f"registry.k8s.io/{PAUSE}", "imagePullPolicy": "Never"}
    spec = {
        "nodeName": node,
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 0,
        "tolerations": [{"operator": "Exists"}],
        "containers": [container],
    }

    def create() -> None:
        # The controller-manager of a new cluster has not created the service account yet.
        body = {"metadata": {"name": name, "labels": {**labels}}, "spec": {**spec}}
        made = cluster.api().call("POST", PODS, json.loads(json.dumps(body)), deadline=5)
        if made.status != CREATED:
            raise NotYet(str(made.body))

    def address() -> str:
        found = cluster.api().get(f"{PODS}/{name}")
        if found.text("status", "phase") != "Running":
            raise NotYet(f"{found.at('status')}")
        return found.text("status", "podIP")

    until(f"pod {name} is created", create, seconds=START_SECONDS, every=0.5)
    try:
        given = until(f"pod {name} runs", address, seconds=START_SECONDS)
        yield Pod(cluster=cluster, name=name, node=node, address=given, network=_network(cluster, node, given))
    finally:
        cluster.api().call("DELETE", f"{PODS}/{name}", deadline=10)


def _network(cluster: Place, node: str, address: str) -> str:
    listed = json.loads(cluster.machines.run(node, "ip", "-json", "netns", "list") or "[]")
    for name in (str(entry["name"]) for entry in listed):
        if f" {address}/" in cluster.machines.run(node, "ip", "-netns", name, "-oneline", "address"):
            return name
    raise AssertionError(f"no network namespace of {node} has the address {address}")
