"""Who must not get in, and what must not be readable anywhere."""

import base64
import json
import re
import secrets
import socket
import ssl

import pytest

from workbench.lab.cluster import NODES, Cluster, settings
from workbench.lab.etcd import etcdctl

ETCD_PORTS = {"clients": 2379, "peers": 2380}
HELLO = b"GET /version HTTP/1.1\r\nHost: etcd\r\n\r\n"


@pytest.mark.parametrize("port", ETCD_PORTS.values(), ids=ETCD_PORTS)
def test_etcd_says_nothing_in_plaintext(cluster: Cluster, port: int) -> None:
    for server in cluster.site.servers:
        assert b"etcdserver" not in answered(server.host, port, None)


@pytest.mark.acceptance("T16")
@pytest.mark.parametrize("port", ETCD_PORTS.values(), ids=ETCD_PORTS)
def test_etcd_refuses_a_client_without_a_certificate(cluster: Cluster, port: int) -> None:
    for server in cluster.site.servers:
        with pytest.raises(ssl.SSLError, match=r"(?i)certificate"):
            answered(server.host, port, trusting(ssl.create_default_context()))


@pytest.mark.acceptance("T16")
@pytest.mark.parametrize("port", ETCD_PORTS.values(), ids=ETCD_PORTS)
def test_etcd_refuses_even_an_administrator_of_kubernetes(cluster: Cluster, port: int) -> None:
    for server in cluster.site.servers:
        with pytest.raises(ssl.SSLError, match=r"(?i)certificate|unknown.ca"):
            answered(server.host, port, trusting(cluster.site.access.context()))


def trusting(context: ssl.SSLContext) -> ssl.SSLContext:
    """A client that asks nothing of the server, so that only the server can refuse."""
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def answered(host: str, port: int, context: ssl.SSLContext | None) -> bytes:
    """What the port says to a plain question; through TLS when there is a context."""
    with socket.create_connection((host, port), 5) as plain:
        asked = context.wrap_socket(plain) if context else plain
        asked.sendall(HELLO)
        try:
            return asked.recv(1000)
        except ConnectionError:
            return b""


@pytest.mark.acceptance("T15")
def test_a_secret_is_encrypted_in_etcd_and_readable_through_every_server(cluster: Cluster) -> None:
    words, name = "correct horse battery staple", f"kept-{secrets.token_hex(4)}"
    path = "/api/v1/namespaces/default/secrets"
    made = cluster.api().post(path, {"metadata": {"name": name}, "stringData": {"words": words}})
    assert made.status == 201, made.body
    raw = etcdctl(cluster.machines, "cp1", "get", f"/registry/secrets/default/{name}", "-w", "json")
    plain = base64.b64decode(json.loads(raw)["kvs"][0]["value"])
    assert plain.startswith(b"k8s:enc:secretbox:v1:")
    assert words.encode() not in plain
    for place in cluster.site.servers:
        assert cluster.api(place).get(f"{path}/{name}").text("data", "words")


def test_no_private_key_is_in_outputs_previews_logs_state_or_anybodys_command_line(cluster: Cluster) -> None:
    stack = cluster.stack
    exported = stack.run("pulumi", "stack", "export", "--stack", stack.name, "--show-secrets", secret=True)
    texts = secret_texts(exported.good().output)
    stack.run("pulumi", "stack", "output", "--stack", stack.name, "--json").good()
    stack.set(settings(controlPlane={"audit": {"maxBackups": 9}}))
    stack.preview("--diff").good()
    stack.set(settings())
    consoles = {name: cluster.ground.console(name) for name in NODES}
    places = {
        "a command line": "\n".join(cluster.command_lines.seen),
        "what commands printed": "\n".join(run.output for run in stack.runs),
        "the state": "\n".join(path.read_text(errors="replace") for path in stack.state_files),
        **{f"the console of {name}": text for name, text in consoles.items()},
        **{f"the journal of {name}": journal(cluster, name) for name in NODES},
    }
    assert "pulumi" in places["a command line"]
    found = [where for where, text in places.items() if any(secret in text for secret in texts)]
    assert not found, f"private keys are readable in: {', '.join(found)}"
    marked = [where for where, text in places.items() if "PRIVATE KEY-----" in text]
    assert not marked, f"private keys are readable in: {', '.join(marked)}"


def journal(cluster: Cluster, name: str) -> str:
    everything = "journalctl --no-pager; cat /var/log/kubernetes/audit/* /var/log/pods/*/*/* || true"
    return cluster.machines.run(name, "sh", "-c", everything, seconds=30)


def secret_texts(shown: str) -> set[str]:
    """What gives a private key away, keys in kubeconfigs, and encryption keys, in a state shown with its secrets."""
    text = re.sub(r"\\+n", "\n", shown)  # the CLI shows a secret as JSON inside JSON
    # Only the first line: the others of an elliptic key hold its public half, which certificate requests hold as well.
    keys = re.findall(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n([A-Za-z0-9+/=]{40,})\n", text)
    in_kubeconfigs = re.findall(r"client-key-data\W+([A-Za-z0-9+/=]{80,})", text)
    encryption = re.findall(r"secret\W+([A-Za-z0-9+/]{43}=)", text)
    assert keys, "the state has no private keys"
    assert in_kubeconfigs, "the state has no kubeconfigs"
    assert encryption, "the state has no encryption key"
    return {*keys, *in_kubeconfigs, *encryption}
