"""Admits and removes workers, on a control-plane node."""

import base64
import json
import secrets
from datetime import UTC, datetime, timedelta

from agent.kubernetes.kubectl import kubectl
from agent.model.events import Events
from agent.model.failure import Failed
from agent.steps.access import KEPT_RANGES
from agent.system.commands import CommandFailed
from agent.system.host import Host
from agent.system.memory import Memory
from agent.workers.requests import Worker, workers

LIFE = timedelta(minutes=10)  # lifetime of a token, which is deleted as soon as the worker has joined
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"  # characters of a token (Kubernetes: [a-z0-9]{6}.[a-z0-9]{16})
DRAIN_SECONDS = 60
LABEL = "quorate/worker"


class Admission:
    """Works through the API server of this node. Every method may be repeated."""

    def __init__(self, host: Host, events: Events) -> None:
        self._host = host
        self._events = events
        kept = next(Memory(host).kept(), None)
        if kept is None or kept.manifest.role != "control-plane":
            raise Failed("this machine is not a control-plane node, so it cannot admit a worker")
        self._address = kept.manifest.address

    def admit(self, name: str) -> str:
        """Create the node's object with its ranges, and a token that is only valid for this worker. Raises Failed."""
        worker = next((one for one in workers(self._host) if one.name == name), None)
        if worker is None:
            raise Failed(f"the plan of this node has no worker {name}")
        self._object(worker)
        self.settle(name)
        token_id, secret = _random(6), _random(16)
        self._kubectl("create", "--filename=-", given=json.dumps(_token(worker, token_id, secret)))
        return f"{token_id}.{secret}"

    def settle(self, name: str) -> None:
        """Delete every token of this worker."""
        self._kubectl("delete", "secrets", "--namespace=kube-system", f"--selector={LABEL}={name}")

    def expel(self, name: str) -> None:
        """Drain and delete it; pods that cannot move in time do not block it."""
        self.settle(name)
        if not self._kubectl("get", "node", name, "--ignore-not-found", "--output=name").strip():
            return
        self._events.step("leave", "applying", f"draining {name}")
        options = ("--ignore-daemonsets", "--delete-emptydir-data", "--force", f"--timeout={DRAIN_SECONDS}s")
        try:
            self._kubectl("drain", name, *options, timeout=DRAIN_SECONDS + 20.0)
        except CommandFailed as error:
            self._events.step("leave", "applying", f"not all pods of {name} moved: {error.said.strip()[-200:]}")
        self._kubectl("delete", "node", name, "--ignore-not-found")

    def _object(self, worker: Worker) -> None:
        try:
            self._kubectl(
                "apply", "--server-side", "--force-conflicts", "--filename=-", given=json.dumps(_node(worker))
            )
        except CommandFailed as error:
            if KEPT_RANGES not in error.said:
                raise

    def _kubectl(self, *words: str, timeout: float | None = None, given: str = "") -> str:
        return kubectl(self._host, self._address, *words, timeout=timeout, given=given)


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _node(worker: Worker) -> object:
    labels = {"topology.kubernetes.io/zone": worker.zone, "node-role.kubernetes.io/worker": ""}
    ranges = list(worker.pod_ranges)
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": worker.name, "labels": labels},
        "spec": {"podCIDR": ranges[0], "podCIDRs": ranges},
    }


def _token(worker: Worker, token_id: str, secret: str) -> object:
    """A bootstrap token as Kubernetes' authenticator reads it (Secret bootstrap.kubernetes.io/token)."""
    expiry = (datetime.now(UTC) + LIFE).strftime("%Y-%m-%dT%H:%M:%SZ")
    data = {
        "token-id": token_id,
        "token-secret": secret,
        "expiration": expiry,
        "usage-bootstrap-authentication": "true",
        "auth-extra-groups": worker.token_group,
    }
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "bootstrap.kubernetes.io/token",
        "metadata": {
            "name": f"bootstrap-token-{token_id}",
            "namespace": "kube-system",
            "labels": {LABEL: worker.name},
        },
        "data": {key: base64.b64encode(value.encode()).decode() for key, value in data.items()},
    }
