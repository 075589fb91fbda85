"""Nodes and pods as network namespaces: what the real CNI plugins, nft and ip make of the texts, without a cluster.

Two nodes of a plan and a stranger are joined by a switch; every process and address goes with the block.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest

from documents import pod_network
from plan import Node, Plan
from tests.unit.documents.programs import needed
from workbench.places import programs

STRANGER = "10.88.0.99"
SERVER = """
import socket, sys
with socket.create_server(("", int(sys.argv[1]))) as server:
    print("listening", flush=True)
    while True:
        connection, (caller, *_) = server.accept()
        connection.sendall(caller.encode())
        connection.close()
"""
CLIENT = """
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5) as connection:
    print(connection.makefile().read())
"""


@dataclass(frozen=True, kw_only=True)
class Space:
    """Namespaces of network and mounts, held by a process."""

    process: int

    def command(self, *arguments: str) -> list[str]:
        return ["nsenter", "-t", str(self.process), "-n", "-m", *arguments]

    def run(self, *arguments: str, given: str = "", environment: dict[str, str] | None = None) -> str:
        """Standard output. AssertionError with what was said unless it succeeds."""
        done = subprocess.run(
            self.command(*arguments),
            input=given,
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def calls(self, address: str, port: int) -> str:
        """Who a server there sees as the caller."""
        return self.run("python3", "-c", CLIENT, address, str(port)).strip()


class PodNode:
    """A node with its network; `pod` starts one there."""

    def __init__(self, plan: Plan, node: Node, space: Space, stack: ExitStack) -> None:
        self.node = node
        self.space = space
        self._stack = stack
        self._conflist = json.loads(pod_network.conflist(node))
        self._texts = {pod_network.MASQUERADE: pod_network.masquerade(plan, node)}
        self._texts[pod_network.ROUTES] = pod_network.routes(plan, node)
        self._texts[pod_network.FORWARD] = pod_network.forward(plan)

    def begin(self) -> None:
        """What the unit runs."""
        for line in pod_network.SERVICE.splitlines():
            name, _, command = line.partition("=")
            if name == "ExecStart":
                *words, path = command.removeprefix("-").split()
                self.space.run(*words, "/dev/stdin", given=self._texts[path])

    def pod(self, name: str, *, host_port: int | None = None) -> tuple[Space, str]:
        """A pod's namespaces and its address."""
        pod = self._stack.enter_context(space())
        mappings = [{"hostPort": host_port, "containerPort": 80, "protocol": "tcp"}] if host_port else []
        result: object = None
        for plugin in self._conflist["plugins"]:
            known = {"portMappings": mappings} if plugin.get("capabilities", {}).get("portMappings") else {}
            common = {"cniVersion": self._conflist["cniVersion"], "name": self._conflist["name"]}
            given = {**plugin, **common, "runtimeConfig": known, **({"prevResult": result} if result else {})}
            result = json.loads(self._plugin("ADD", plugin["type"], name, pod, given))
        assert isinstance(result, dict)
        return pod, str(result["ips"][0]["address"]).partition("/")[0]

    def _plugin(self, command: str, kind: str, name: str, pod: Space, given: object) -> str:
        folder = programs() / "cni"
        if not (folder / kind).is_file():
            pytest.skip(f"the CNI plugin {kind} is not built: run `make setup`")
        environment = {
            "CNI_COMMAND": command,
            "CNI_CONTAINERID": name,
            "CNI_NETNS": f"/proc/{pod.process}/ns/net",
            "CNI_IFNAME": "eth0",
            "CNI_PATH": str(folder),
        }
        return self.space.run(str(folder / kind), given=json.dumps(given), environment=environment)


@contextmanager
def space() -> Iterator[Space]:
    """Namespaces with loopback, /run of their own, and forwarding on."""
    prepare = (
        "mount -t tmpfs tmpfs /run; ip link set lo up; echo 1 > /proc/sys/net/ipv4/ip_forward; echo; sleep infinity"
    )
    with subprocess.Popen(
        ["unshare", "--net", "--mount", "--propagation", "private", "sh", "-ec", prepare],
        stdout=subprocess.PIPE,
        text=True,
    ) as held:
        try:
            assert held.stdout is not None
            assert held.stdout.readline(), "no namespaces could be made"
            yield Space(process=held.pid)
        finally:
            subprocess.run(["pkill", "-KILL", "-P", str(held.pid)], check=False)
            held.kill()


@contextmanager
def serving(inside: Space, port: int) -> Iterator[None]:
    """A server that tells each caller its address."""
    command = inside.command("python3", "-c", SERVER, str(port))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == "listening\n"
            yield
        finally:
            server.kill()


@dataclass(frozen=True, kw_only=True)
class Site:
    """Two nodes and a machine that is none."""

    first: PodNode
    second: PodNode
    stranger: Space


@contextmanager
def site(plan: Plan) -> Iterator[Site]:
    """The first two nodes of a plan, begun."""
    for program in ("unshare", "nsenter", "nft", "ip"):
        needed(program)
    if os.geteuid() != 0:
        pytest.skip("network namespaces are made by root")
    with ExitStack() as stack:
        switch = stack.enter_context(space())
        switch.run("ip", "link", "add", "switch", "type", "bridge")
        switch.run("ip", "link", "set", "switch", "up")
        spaces = [stack.enter_context(space()) for _ in range(3)]
        addresses = [str(plan.nodes[0].address), str(plan.nodes[1].address), STRANGER]
        for number, (inside, address) in enumerate(zip(spaces, addresses, strict=True)):
            port, netns = f"port{number}", f"/proc/{inside.process}/ns/net"
            switch.run("ip", "link", "add", port, "type", "veth", "peer", "name", "host0", "netns", netns)
            switch.run("ip", "link", "set", port, "master", "switch", "up")
            inside.run("ip", "address", "add", f"{address}/24", "dev", "host0")
            inside.run("ip", "link", "set", "host0", "up")
        nodes = [PodNode(plan, node, inside, stack) for node, inside in zip(plan.nodes, spaces, strict=False)]
        for node in nodes:
            node.begin()
        yield Site(first=nodes[0], second=nodes[1], stranger=spaces[2])


def strict(inside: Space) -> None:
    """The strictest check of senders that the kernel knows."""
    for name in ("all", "default"):
        inside.run("sh", "-c", f"echo 1 > /proc/sys/net/ipv4/conf/{name}/rp_filter")
