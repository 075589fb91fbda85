"""A real SSH server of this test alone: a high port of the loopback, keys of its own, no trace left."""

import base64
import getpass
import json
import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from provider.protocol.values import Properties

PROGRAM = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
ABSENT = "needs OpenSSH's server (Debian: openssh-server) and root" if PROGRAM is None or os.geteuid() else ""


def keygen(path: Path) -> Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)], check=True)
    return path


def public(path: Path) -> str:
    return " ".join(path.with_name(f"{path.name}.pub").read_text().split()[:2])


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass(frozen=True, kw_only=True)
class Report:
    """What the agent on the far side got."""

    words: list[str]
    folder: str
    modes: dict[str, str]
    contents: dict[str, bytes] = field(repr=False)


class Sshd:
    """`key` opens it; `place` is where the fake agent finds its scenario and leaves its reports."""

    def __init__(self, folder: Path, *, options: str = "") -> None:
        self.place = folder
        self.key = keygen(folder / "client")
        self.host_key = keygen(folder / "host")
        self.port = free_port()
        self.options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.say({"event": "result", "ok": True, "text": "", "changed": [], "member": True, "differences": []})
        self.start()

    def start(self) -> None:
        Path("/run/sshd").mkdir(exist_ok=True)
        (self.place / "authorized").write_text(public(self.key) + "\n")
        (self.place / "config").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {self.host_key}\nPidFile none\nStrictModes no\n"
            f"AuthorizedKeysFile {self.place}/authorized\nPasswordAuthentication no\nUsePAM no\n"
            f"PermitRootLogin prohibit-password\nSetEnv QUORATE_TEST={self.place}\n{self.options}\n"
        )
        command = [str(PROGRAM), "-D", "-e", "-f", str(self.place / "config")]
        self._process = subprocess.Popen(command, stderr=(self.place / "sshd.log").open("ab"))
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError((self.place / "sshd.log").read_text())

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def say(self, *events: object, **rest: object) -> None:
        (self.place / "scenario.json").write_text(json.dumps({"events": events, **rest}))

    @property
    def reports(self) -> list[Report]:
        path = self.place / "report.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [
            Report(
                words=found["words"],
                folder=found["folder"],
                modes=found["modes"],
                contents={name: base64.b64decode(text) for name, text in found["contents"].items()},
            )
            for found in map(json.loads, lines)
        ]

    @property
    def connection(self) -> Properties:
        return {
            "address": "127.0.0.1",
            "port": self.port,
            "user": getpass.getuser(),
            "privateKeyPath": str(self.key),
        }
