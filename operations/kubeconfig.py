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

# kubeadm binds it to cluster-admin since 1.29. RBAC can revoke it, unlike system:masters.
ADMINISTRATORS = "kubeadm:cluster-admins"
PERSONAL_HOURS = 8  # a working day: a forgotten kubeconfig soon expires
MARGIN = timedelta(minutes=10)  # renew a little early, so that it does not expire during a command
Config = dict[str, list[dict[str, dict[str, str]]]]
KUBEADM_CONFIG = "/etc/kubernetes/quorate/kubeadm.yaml"


def current(of: Environment) -> Path:
    """Return a personal kubeconfig that is valid for this cluster and not about to expire; issue one if needed."""
    ensure(of.stack, of.proxy_port)
    path = of.kubeconfig
    try:
        config = yaml.safe_load(path.read_text())
        own = base64.b64decode(config["users"][0]["user"]["client-certificate-data"])
        lasts = x509.load_pem_x509_certificate(own).not_valid_after_utc - datetime.now(UTC) > MARGIN
        authority = base64.b64decode(config["clusters"][0]["cluster"]["certificate-authority-data"]).decode()
    except FileNotFoundError:
        return issue(of, hours=PERSONAL_HOURS)
    # If the cluster was recreated under the same name, the new authority refuses the old file.
    same = authority.strip() == of.authority.strip()
    way = config["clusters"][0]["cluster"].get("proxy-url")
    same = same and way == (proxy_url(of.proxy_port) if of.proxy_port else None)
    return path if lasts and same else issue(of, hours=PERSONAL_HOURS)


def issue(of: Environment, *, hours: int, organization: str = ADMINISTRATORS, public: bool = False) -> Path:
    """Write a kubeconfig (mode 0600) and return its path. `hours`: lifetime of its certificate.

    `public`: for a client on the internet, which has neither the proxy nor the private name. Raises `OperationFailed`.
    """
    if public and of.public_name is None:
        raise OperationFailed(f"{of.cluster} has no public load balancer: set aws.loadBalancer.public and its clients")
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
    path = of.kubeconfig.with_stem(f"{of.stack}-public") if public else of.kubeconfig
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        config = yaml.safe_load(text)
        yaml.safe_dump(
            _trusting(_from_internet(config, of) if public else _reached(config, of), of), out, sort_keys=False
        )
    return path


def _trusting(config: Config, of: Environment) -> Config:
    """Every authority that the environment trusts: kubeadm writes only the first, and a rotation changes the order."""
    if of.authority:
        for cluster in config["clusters"]:
            cluster["cluster"]["certificate-authority-data"] = base64.b64encode(of.authority.encode()).decode()
    return config


def _reached(config: Config, of: Environment) -> Config:
    """Connect to the static address if there is one, but verify the name: needs no DNS on this computer.

    With the proxy, a node resolves the name.
    """
    if of.proxy_port is not None:
        for cluster in config["clusters"]:
            cluster["cluster"]["proxy-url"] = proxy_url(of.proxy_port)
    if of.endpoint_address is not None:
        for cluster in config["clusters"]:
            cluster["cluster"]["server"] = f"https://{of.endpoint_address}:{of.endpoint_port}"
            cluster["cluster"]["tls-server-name"] = of.endpoint_name
    return config


def _from_internet(config: Config, of: Environment) -> Config:
    """Connect to the public load balancer, but verify the API's own name."""
    for cluster in config["clusters"]:
        cluster["cluster"]["server"] = f"https://{of.public_name}:{of.endpoint_port}"
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
    parser.add_argument("--hours", type=int, default=PERSONAL_HOURS, help="hours until its certificate expires")
    parser.add_argument("--public", action="store_true", help="for a client on the internet: uses the public balancer")
    parser.add_argument("--group", default=ADMINISTRATORS, help="the RBAC group of its user")


COMMANDS = (
    Command(
        name="kubeconfig",
        text="write a short-lived kubeconfig and print its path",
        arguments=_arguments,
        run=lambda given: print(
            issue(environment(given.stack), hours=given.hours, organization=given.group, public=given.public)
        ),
    ),
)
