"""A short-lived kubeconfig for a person, issued on a node by kubeadm; no authority's key leaves the nodes."""

import getpass
import os
from collections.abc import Callable
from pathlib import Path

import yaml

from operations.remote import run
from operations.stack import Environment, Host, OperationFailed

# Bound to cluster-admin by kubeadm since 1.29; RBAC can take it away, which it cannot from system:masters.
ADMINISTRATORS = "kubeadm:cluster-admins"
KUBEADM_CONFIG = "/etc/kubernetes/quorate/kubeadm.yaml"


def issue(environment: Environment, *, hours: int, organization: str = ADMINISTRATORS) -> Path:
    """Write the environment's kubeconfig (mode 0600) and return its path. `hours` is the certificate's lifetime."""
    text = _first_answer(
        environment.hosts,
        lambda host: run(
            host,
            *("kubeadm", "kubeconfig", "user"),
            *("--config", KUBEADM_CONFIG),
            *("--client-name", f"quorate:{getpass.getuser()}"),
            *("--org", organization),
            *("--validity-period", f"{hours}h"),
        ),
    )
    path = environment.kubeconfig
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        yaml.safe_dump(_by_address(yaml.safe_load(text), environment), out, sort_keys=False)
    return path


def _by_address(config: dict[str, list[dict[str, dict[str, str]]]], environment: Environment) -> object:
    """Dial the static address where there is one, and still verify the name: needs no DNS on this computer."""
    if environment.endpoint_address is not None:
        for cluster in config["clusters"]:
            cluster["cluster"]["server"] = f"https://{environment.endpoint_address}:{environment.endpoint_port}"
            cluster["cluster"]["tls-server-name"] = environment.endpoint_name
    return config


def _first_answer(hosts: tuple[Host, ...], ask: Callable[[Host], str]) -> str:
    reasons = []
    for host in hosts:
        try:
            return ask(host)
        except OperationFailed as failure:
            reasons.append(str(failure))
    raise OperationFailed("no host could issue a kubeconfig:\n  " + "\n  ".join(reasons))
