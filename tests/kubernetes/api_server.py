"""A real API server with its etcd on loopback, without any node or controller: up in some seconds.

What controllers would do, tests do through `ApiServer.status`.
"""

import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Event

from documents.kubeconfig import kubeconfig
from provider.protocol.values import Properties
from tests.unit.agent.issuing import Authority
from tests.unit.documents.programs import needed
from workbench.stand_ins.kubernetes.access import access
from workbench.stand_ins.kubernetes.api import Answered, Api, Unreachable

START_SECONDS = 90.0  # some 4 s on a quiet machine


@dataclass
class ApiServer:
    """`address` is this server's own in 127/8."""

    folder: Path
    address: str
    authority: Authority
    _etcd: subprocess.Popen[bytes] | None = None
    _server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"https://{self.address}:6443"

    @cached_property
    def kubeconfig(self) -> str:
        """An administrator's."""
        return self.kubeconfig_of("tester")

    def kubeconfig_of(self, user: str, *, trusted: bool = True) -> str:
        """With a certificate of the server's authority, or of one that it does not know."""
        signer = self.authority if trusted else Authority("kubernetes")
        pair = signer.issue(user, organization="system:masters")
        return kubeconfig(
            cluster="test",
            server=self.url,
            user=user,
            authority_pem=self.authority.certificate,
            certificate_pem=pair.certificate,
            key_pem=pair.key,
        )

    @cached_property
    def api(self) -> Api:
        """Calls of an administrator."""
        return Api(access(self.kubeconfig), Event())

    def call(self, method: str, path: str, body: Properties | None = None) -> Properties:
        return self.api.call(method, path, body=body, patience=0)

    def get(self, path: str) -> Properties:
        return self.call("GET", path)

    def edit(self, path: str, change: Properties, *, manager: str = "somebody") -> Properties:
        """Change an object as `kubectl edit` does."""
        return self.api.call(
            "PATCH",
            path,
            query={"fieldManager": manager},
            body=change,
            kind="application/merge-patch+json",
            patience=0,
        )

    def status(self, path: str, status: Properties) -> Properties:
        """Say what a controller would say of an object."""
        return self.edit(f"{path}/status", {"status": status}, manager="controller")

    def start(self) -> None:
        """Start, or start again with what etcd kept."""
        own = self.authority.issue("server", self.address)
        for name, text in (
            ("ca.crt", self.authority.certificate),
            ("server.crt", own.certificate),
            ("server.key", own.key),
        ):
            (self.folder / name).write_text(text, encoding="ascii")
        self._etcd = self._run(
            "etcd",
            f"--data-dir={self.folder / 'data'}",
            f"--listen-client-urls=http://{self.address}:2379",
            f"--advertise-client-urls=http://{self.address}:2379",
            f"--listen-peer-urls=http://{self.address}:2380",
            "--unsafe-no-fsync",
        )
        self._server = self._run(
            "kube-apiserver",
            f"--etcd-servers=http://{self.address}:2379",
            f"--bind-address={self.address}",
            "--secure-port=6443",
            "--advertise-address=192.0.2.1",
            "--endpoint-reconciler-type=none",
            f"--cert-dir={self.folder}",
            f"--tls-cert-file={self.folder / 'server.crt'}",
            f"--tls-private-key-file={self.folder / 'server.key'}",
            f"--client-ca-file={self.folder / 'ca.crt'}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={self.folder / 'server.key'}",
            f"--service-account-signing-key-file={self.folder / 'server.key'}",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--authorization-mode=RBAC",
        )
        end = time.monotonic() + START_SECONDS
        while not self._ready():
            if time.monotonic() > end or self._server.poll() is not None:
                raise AssertionError((self.folder / "kube-apiserver.log").read_text()[-3000:])
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop both at once, as a power cut does."""
        for running in (self._server, self._etcd):
            if running is not None:
                running.kill()
                running.wait()

    def _ready(self) -> bool:
        try:
            self.get("/readyz")
            # Made by the server itself some time after its start, and needed by every object in a namespace.
            self.get("/api/v1/namespaces/default")
        except (Unreachable, Answered):
            return False
        return True

    def _run(self, name: str, *options: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen([needed(name), *options], stdout=log, stderr=subprocess.STDOUT, cwd=self.folder)


@contextmanager
def running(folder: Path) -> Iterator[ApiServer]:
    """A server that answers; stopped at the end."""
    # A network of its own in 127/8, so that two runs of the tests do not meet.
    made = ApiServer(
        folder, f"127.{secrets.randbelow(200) + 20}.{secrets.randbelow(250) + 1}.1", Authority("kubernetes")
    )
    try:
        made.start()
        yield made
    finally:
        made.stop()
