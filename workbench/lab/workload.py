"""A test workload in the cluster: on each node a server behind a Service; the servers are clients of each other."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from provider.local.machines import archive
from provider.local.machines.archive import Image
from workbench.lab.cluster import Cluster, kubeconfig
from workbench.lab.machines import Machines, at_once
from workbench.lab.wait import NotYet, until
from workbench.places import programs

NAME, PORT = "visited", 8080
IMAGE = "quorate.test/workload:1"
PROGRAM = "/usr/local/bin/workload"
ARCHIVE = "workload.tar"  # in the cluster's store, which is mounted in every machine, but not in its manifest
MACHINE_STORE = "/opt/quorate/store"
READY_SECONDS = 90.0  # seconds; it takes some seconds on a quiet computer


class Refused(OSError):
    """A command in a pod failed, with its own message."""


@dataclass(frozen=True, kw_only=True)
class Workload:
    """`pods`: the server on each node, by the node's name."""

    machines: Machines
    config: Path
    pods: dict[str, str]

    def ask(self, node: str, *words: str, seconds: float = 15.0) -> str:
        """The workload's output for a command in the pod of that node. Raises `Refused`."""
        return self.kubectl("exec", self.pods[node], "--", PROGRAM, *words, seconds=seconds).strip()

    def watch(self, node: str, *words: str, seconds: int) -> str:
        """The output of a client on that node after that many seconds of requests; it does not use the API server."""
        pod = json.loads(self.kubectl("get", "pod", self.pods[node], "--output", "json"))
        container = pod["status"]["containerStatuses"][0]["containerID"].removeprefix("containerd://")
        execute = ("ctr", "--namespace", "k8s.io", "tasks", "exec", "--exec-id", f"watch-{words[0]}", container)
        watch = (PROGRAM, "watch", str(seconds), *words)
        return self.machines.run(node, *execute, *watch, seconds=seconds + 30.0).strip()

    def kubectl(self, *words: str, seconds: float = 30.0) -> str:
        """The output of kubectl. Raises `Refused`."""
        return _kubectl(self.config, *words, seconds=seconds)


@contextmanager
def served(cluster: Cluster) -> Iterator[Workload]:
    """Run the workload on every node, and remove it afterwards."""
    install(cluster)
    with serving(kubeconfig(cluster.stack), cluster.machines) as made:
        yield made


@contextmanager
def serving(config: Path, machines: Machines) -> Iterator[Workload]:
    """Run the workload on machines that have its image, and remove it afterwards."""
    _kubectl(
        config, "apply", "--filename", "-", text=json.dumps({"apiVersion": "v1", "kind": "List", "items": _objects()})
    )
    try:
        pods = until("the workload runs on every node", lambda: _pods(config, machines), seconds=READY_SECONDS)
        yield Workload(machines=machines, config=config, pods=pods)
    finally:
        # Delete its pods too, or the next workload would adopt them.
        gone = ("delete", "daemonset,service", NAME, "--cascade=foreground", "--ignore-not-found")
        _kubectl(config, *gone, seconds=READY_SECONDS)


def install(cluster: Cluster) -> None:
    """Import the image on every machine."""
    place = cluster.ground.store / ARCHIVE
    with place.open("wb") as file:
        write_image(file)
    load(cluster.machines, f"{MACHINE_STORE}/{ARCHIVE}")


def write_image(file: BinaryIO) -> None:
    """Write the image's archive."""
    image = Image(reference=IMAGE, program=programs() / "bin" / "workload", inside=PROGRAM, entrypoint=True)
    archive.write(image, file)


def load(machines: Machines, path: str) -> None:
    """Import the archive that every machine has at that path."""
    words = ("ctr", "--namespace", "k8s.io", "images", "import", "--local", path)

    def take(name: str) -> None:
        machines.run(name, *words, seconds=60)

    at_once(take, machines.names)


def _objects() -> list[object]:
    labels = {"app": NAME}
    pod = {
        "tolerations": [{"operator": "Exists"}],
        "terminationGracePeriodSeconds": 0,
        "containers": [
            {
                "name": "main",
                "image": IMAGE,
                "imagePullPolicy": "Never",
                "readinessProbe": {"httpGet": {"path": "/", "port": PORT}, "periodSeconds": 2},
            }
        ],
    }
    return [
        {
            "apiVersion": "apps/v1",
            "kind": "DaemonSet",
            "metadata": {"name": NAME},
            "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}},
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": NAME},
            "spec": {"selector": labels, "ports": [{"port": 80, "targetPort": PORT}]},
        },
    ]


def _pods(config: Path, machines: Machines) -> dict[str, str]:
    found = json.loads(_kubectl(config, "get", "pods", "--selector", f"app={NAME}", "--output", "json"))["items"]
    ready = {
        pod["spec"]["nodeName"]: pod["metadata"]["name"]
        for pod in found
        if "deletionTimestamp" not in pod["metadata"]
        and any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions", ()))
    }
    if set(ready) != set(machines.names):
        raise NotYet(f"ready on {sorted(ready)}")
    return ready


def _kubectl(config: Path, *words: str, seconds: float = 30.0, text: str = "") -> str:
    command = [str(programs() / "bin" / "kubectl"), *words]
    environment = {**os.environ, "KUBECONFIG": str(config)}
    try:
        done = subprocess.run(
            command, env=environment, input=text, capture_output=True, text=True, check=False, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        raise Refused(f"`kubectl {' '.join(words)}` took more than {seconds:g} s") from None
    if done.returncode:
        raise Refused(done.stderr.strip()[-500:] or f"`kubectl {' '.join(words)}` ended with {done.returncode}")
    return done.stdout
