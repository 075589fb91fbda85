"""Reports to the environment's bucket what this node has converged to: an object that only this node can write.

`pulumi up` waits for it, so that a roll-out that fails on a node fails there too, with the node's own reason.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from agent.aws.client import Aws, AwsError, Call
from agent.system.host import Host
from agent.system.record import Record

State = Literal["applying", "converged", "failed"]
LONGEST_REASON = 4_000  # characters


class Report:
    """`digest` is the SHA-256 of the node's secret, which contains those of agent and documents; empty until it is
    read.

    A report that cannot be sent is logged and not raised: the timer's next run sends it.
    """

    def __init__(self, host: Host, aws: Aws, complain: Callable[[str], None]) -> None:
        self.digest, self.agent = "", ""
        self._host, self._aws, self._complain = host, aws, complain
        self._sent = Record(host, "reported")

    def begin(self, digest: str, agent: str) -> None:
        """Report that a new digest is being applied. The outcome of an earlier run with this digest stays."""
        self.digest, self.agent = digest, agent
        if self._sent.read().get("digest") != digest:
            self.send("applying")

    def send(self, state: State, reason: str = "") -> None:
        """Write the object, unless it equals the last one. `attempts` counts failed runs with this digest."""
        found = {"digest": self.digest, "state": state, "reason": reason[:LONGEST_REASON], "agent": self.agent}
        known = self._sent.read()
        before = int(known.get("attempts", "0")) if known.get("digest") == self.digest else 0
        found["attempts"] = str(before + 1 if state == "failed" else 0)
        found["instance"] = self._instance()
        keys = self._host_keys()
        if known == {**found, "hostKeys": "\n".join(keys)}:
            return
        at = datetime.now(UTC).isoformat(timespec="seconds")
        text = {
            **found,
            "attempts": int(found["attempts"]),
            "at": at,
            "node": self._aws.place["node"],
            "hostKeys": keys,
        }
        body = json.dumps(text, indent=1).encode()
        path = f"/{self._aws.place['convergence']}"
        try:
            self._aws.send(Call(service="s3", method="PUT", path=path, bucket=self._aws.place["bucket"], body=body))
        except (AwsError, OSError) as error:
            self._complain(f"the report could not be sent: {error}")
            return
        self._sent.write({**found, "hostKeys": "\n".join(keys)})

    def _instance(self) -> str:
        """The instance's id, as cloud-init stores it: a report of its predecessor does not count for this one."""
        file = self._host.path("/var/lib/cloud/data/instance-id")
        return file.read_text().strip() if file.exists() else ""

    def _host_keys(self) -> list[str]:
        """sshd's public keys: type and key, without the comment."""
        files = sorted(self._host.path("/etc/ssh").glob("ssh_host_*_key.pub"))
        return [" ".join(file.read_text().split()[:2]) for file in files]
