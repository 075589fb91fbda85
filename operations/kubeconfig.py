"""A short-lived kubeconfig for a person, issued on a node by kubeadm; no authority's key leaves the nodes."""

import argparse
import base64
import getpass
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from cryptography import x509

from operations.command import Command
from operations.environment import Environment, Host, OperationFailed
from operations.proxy.control import ensure
from operations.proxy.server import proxy_url
from operations.remote import run
from operations.stack import environment

# Bound to cluster-admin by kubeadm since 1.29; RBAC can take it away, which it cannot from system:masters.
ADMINISTRATORS = "kubeadm:cluster-admins"
PERSONAL_HOURS = 8  # a working day: a kubeconfig that is forgotten somewhere is soon worth nothing
MARGIN = timedelta(minutes=10)  # renew a little early rather than fail in the middle of a command
Config = dict[str, list[dict[str, dict[str, str]]]]
KUBEADM_CONFIG = "/etc/kubernetes/quorate/kubeadm.yaml"


def current(of: Environment) -> Path:
    """A personal kubeconfig of this very cluster that lasts for a while yet; issued only when there is none."""
    ensure(of.stack, of.proxy_port)
    path = of.kubeconfig
    try:
        config = yaml.safe_load(path.read_text())
        own = base64.b64decode(config["users"][0]["user"]["client-certificate-data"])
        lasts = x509.load_pem_x509_certificate(own).not_valid_after_utc - datetime.now(UTC) > MARGIN
        authority = base64.b64decode(config["clusters"][0]["cluster"]["certificate-authority-data"]).decode()
    except FileNotFoundError:
        return issue(of, hours=PERSONAL_HOURS)
    # After a cluster was made anew under the same name the old file would be refused by the new authority.
    same = authority.strip() == of.authority.strip()
    way = config["clusters"][0]["cluster"].get("proxy-url")
    same = same and way == (proxy_url(of.proxy_port) if of.proxy_port else None)
    return path if lasts and same else issue(of, hours=PERSONAL_HOURS)


def issue(of: Environment, *, hours: int, organization: str = ADMINISTRATORS) -> Path:
    """Write the environment's kubeconfig (mode 0600) and return its path. `hours` is the certificate's lifetime."""
    text = _first_answer(
        of.hosts,
        lambda host: run(
            host,
            *("kubeadm", "kubeconfig", "user"),
            *("--config", KUBEADM_CONFIG),
            *("--client-name", f"quorate:{getpass.getuser()}"),
            *("--org", organization),
            *("--validity-period", f"{hours}h"),
        ),
    )
    path = of.kubeconfig
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        yaml.safe_dump(_trusting(_reached(yaml.safe_load(text), of), of), out, sort_keys=False)
    return path


def _trusting(config: Config, of: Environment) -> Config:
    """Every authority that the environment trusts: kubeadm writes the first only, and a rotation changes the order."""
    if of.authority:
        for cluster in config["clusters"]:
            cluster["cluster"]["certificate-authority-data"] = base64.b64encode(of.authority.encode()).decode()
    return config


def _reached(config: Config, of: Environment) -> Config:
    """Dial the static address if there is one, and still verify the name: needs no DNS on this computer.

    Through the proxy, the name is resolved on a node.
    """
    if of.proxy_port is not None:
        for cluster in config["clusters"]:
            cluster["cluster"]["proxy-url"] = proxy_url(of.proxy_port)
    if of.endpoint_address is not None:
        for cluster in config["clusters"]:
            cluster["cluster"]["server"] = f"https://{of.endpoint_address}:{of.endpoint_port}"
            cluster["cluster"]["tls-server-name"] = of.endpoint_name
    return config


def _first_answer(hosts: tuple[Host, ...], ask: Callable[[Host], str]) -> str:
    reasons = []
    for host in hosts:
        try:
            return ask(host)
        except OperationFailed as failure:
            reasons.append(str(failure))
    raise OperationFailed("no host could issue a kubeconfig:\n  " + "\n  ".join(reasons))


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--hours", type=int, default=PERSONAL_HOURS, help="lifetime of its certificate")
    parser.add_argument("--group", default=ADMINISTRATORS, help="the RBAC group it belongs to")


COMMANDS = (
    Command(
        name="kubeconfig",
        text="write a short-lived kubeconfig and print its path",
        arguments=_arguments,
        run=lambda given: print(issue(environment(given.stack), hours=given.hours, organization=given.group)),
    ),
)
