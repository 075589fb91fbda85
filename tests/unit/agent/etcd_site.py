"""Machines whose only step is a real etcd member, each on a loopback address of its own."""

import base64
import itertools
import json
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent.etcd.cluster import Cluster, open_cluster
from agent.etcd.gateway import Credentials, EtcdRefused, Gateway
from agent.etcd.members import MemberStatus
from agent.runner import Outcome, Runner
from agent.steps.etcd import EtcdStep
from agent.system.commands import CommandFailed
from tests.unit.agent.issuing import Authority
from tests.unit.agent.place import Place, Wish, remember

PKI = "/etc/kubernetes/pki/etcd"


@dataclass
class Site:
    """`etcd` is the real program. Members are numbered from 1."""

    folder: Path
    etcd: Path
    places: dict[int, Place] = field(default_factory=dict)
    leaves: dict[tuple[int, str], tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.authority = Authority("etcd-ca")
        # a network of its own in 127/8, so that two runs of the tests do not meet
        self._network = f"127.{secrets.randbelow(200) + 20}.{secrets.randbelow(250) + 1}"

    def address(self, number: int) -> str:
        return f"{self._network}.{number}"

    def place(self, number: int) -> Place:
        if number not in self.places:
            (self.folder / f"cp{number}").mkdir(exist_ok=True)
            self.places[number] = Place(self.folder / f"cp{number}")
            self._install(number)
        return self.places[number]

    def members(self, numbers: Sequence[int]) -> list[dict[str, str]]:
        return [
            {
                "name": f"cp{n}",
                "peerUrl": f"https://{self.address(n)}:2380",
                "clientUrl": f"https://{self.address(n)}:2379",
            }
            for n in numbers
        ]

    def files(self, number: int, numbers: Sequence[int], *, unit: str = "1") -> list[Wish]:
        cluster = ",".join(f"{m['name']}={m['peerUrl']}" for m in self.members(numbers))
        wishes = [
            Wish("/etc/systemd/system/etcd.service", f"# {unit}\n", "etcd"),
            Wish(
                "/etc/etcd/cluster.env",
                f"ETCD_INITIAL_CLUSTER={cluster}\nETCD_INITIAL_CLUSTER_TOKEN=test\nETCD_INITIAL_CLUSTER_STATE=new\n",
                "etcd",
            ),
            Wish(f"{PKI}/ca.crt", self.authority.certificate, "etcd"),
        ]
        for name in ("server", "peer", "healthcheck-client"):
            if (number, name) not in self.leaves:
                pair = self.authority.issue(f"cp{number}", self.address(number), "127.0.0.1")
                self.leaves[number, name] = (pair.certificate, pair.key)
            certificate, key = self.leaves[number, name]
            wishes.append(Wish(f"{PKI}/{name}.crt", certificate, "etcd"))
            wishes.append(Wish(f"{PKI}/{name}.key", key, "etcd", mode=0o600, secret=True))
        return wishes

    def manifest(self, number: int, numbers: Sequence[int]) -> dict[str, object]:
        """What differs from machine to machine, and what an operation needs to know of the cluster."""
        return {
            "node": {"name": f"cp{number}", "address": self.address(number)},
            "members": self.members(numbers),
            "backups": {"directory": "/var/backups/quorate", "keep": 2, "send": [], "everyHours": 6},
        }

    def runner(
        self, number: int, numbers: Sequence[int], *, may_begin: bool = False, unit: str = "1"
    ) -> tuple[Runner, Cluster]:
        place = self.place(number)
        files = self.files(number, numbers, unit=unit)
        machine = place.machine(files, may_begin=may_begin, **self.manifest(number, numbers))
        cluster = open_cluster(place.host, machine.wanted)
        assert cluster is not None
        return Runner([EtcdStep(machine, cluster)], cluster=cluster, events=place.events), cluster

    def apply(self, number: int, numbers: Sequence[int], *, may_begin: bool = False, unit: str = "1") -> Outcome:
        runner, _ = self.runner(number, numbers, may_begin=may_begin, unit=unit)
        outcome = runner.apply()
        if not outcome.failures:
            files = self.files(number, numbers, unit=unit)
            remember(self.place(number), files, **self.manifest(number, numbers))
        return outcome

    def apply_all(self, numbers: Sequence[int], *, may_begin: bool = False, unit: str = "1") -> dict[int, Outcome]:
        """All agents at the same time."""
        outcomes: dict[int, Outcome] = {}

        def one(number: int) -> None:
            outcomes[number] = self.apply(number, numbers, may_begin=may_begin, unit=unit)

        agents = [threading.Thread(target=one, args=(number,)) for number in numbers]
        for agent in agents:
            agent.start()
        for agent in agents:
            agent.join()
        return outcomes

    def put(self, key: str, value: str) -> None:
        """Through the first member."""
        self._etcdctl("put", key, value)

    def put_bytes(self, key: str, value: bytes) -> None:
        """What no command line can carry."""
        pki = self.place(1).file(PKI)
        client = pki / "healthcheck-client.crt"
        credentials = Credentials(authority=pki / "ca.crt", certificate=client, key=client.with_suffix(".key"))
        encoded = {name: base64.b64encode(part).decode() for name, part in (("key", key.encode()), ("value", value))}
        Gateway([f"https://{self.address(1)}:2379"], lambda: credentials).ask("/v3/kv/put", encoded)

    def get(self, key: str, *, revision: int = 0) -> str | None:
        """The value, None where there is no such key. Raises EtcdRefused for a revision that is compacted."""
        try:
            said = self._etcdctl("get", key, "--print-value-only", f"--rev={revision}")
        except CommandFailed as error:
            raise EtcdRefused(error.said) from error
        return said.removesuffix("\n") or None

    def compact(self) -> None:
        """Forget all revisions but the last."""
        said = json.loads(self._etcdctl("--write-out=json", "endpoint", "status"))
        self._etcdctl("compact", "--physical", str(said[0]["Status"]["header"]["revision"]))

    def until_leaderless(self, number: int) -> None:
        """Wait until a member knows that its quorum is gone."""
        _, cluster = self.runner(number, sorted(self.places))
        while isinstance(cluster.health(cluster.me.client_url), MemberStatus):
            time.sleep(0.1)

    def end_certificates(self, *numbers: int) -> None:
        """Replace the installed certificates by ones that ended a quarter of an hour ago."""
        for number in numbers:
            for name in ("server", "peer", "healthcheck-client"):
                ended = self.authority.issue(f"cp{number}", self.address(number), "127.0.0.1", days=-0.01)
                self.place(number).file(f"{PKI}/{name}.crt").write_text(ended.certificate)
                self.place(number).file(f"{PKI}/{name}.key").write_text(ended.key)

    def delete(self, prefix: str) -> None:
        """Every key with that prefix."""
        self._etcdctl("del", prefix, "--prefix")

    def fill(self) -> None:
        """Write until etcd refuses for want of space."""
        for number in itertools.count():
            try:
                self.put(f"/fill/{number}", "x" * 100_000)
            except CommandFailed as error:
                if "space exceeded" in error.said:
                    return

    def _etcdctl(self, *words: str) -> str:
        pki = self.place(1).file(PKI)
        return self.place(1).host.commands.run(
            "etcdctl",
            f"--endpoints=https://{self.address(1)}:2379",
            f"--cacert={pki}/ca.crt",
            f"--cert={pki}/healthcheck-client.crt",
            f"--key={pki}/healthcheck-client.key",
            *words,
        )

    def lose_disk(self, number: int) -> None:
        """The machine is gone with everything on it; an empty one stands at its address."""
        self.places.pop(number).end()
        (self.folder / f"cp{number}").rename(self.folder / f"lost-{secrets.token_hex(4)}")

    def end(self) -> None:
        for place in self.places.values():
            place.end()

    def _install(self, number: int) -> None:
        for program in ("etcdctl", "etcdutl"):
            (self.places[number].programs / program).symlink_to(self.etcd.with_name(program))
        root, address = self.places[number].root, self.address(number)
        pki = f"{root}{PKI}"
        self.places[number].service(
            "etcd.service",
            f"""set -a
. {root}/etc/etcd/cluster.env
[ ! -e {root}/etc/etcd/join.env ] || . {root}/etc/etcd/join.env
quota=$(sed -n 's/^# quota=//p' {root}/etc/systemd/system/etcd.service)
exec {self.etcd} --name=cp{number} --data-dir={root}/var/lib/etcd/data --unsafe-no-fsync \\
  --quota-backend-bytes=${{quota:-0}} \\
  --listen-peer-urls=https://{address}:2380 --initial-advertise-peer-urls=https://{address}:2380 \\
  --listen-client-urls=https://{address}:2379 --advertise-client-urls=https://{address}:2379 \\
  --cert-file={pki}/server.crt --key-file={pki}/server.key --trusted-ca-file={pki}/ca.crt --client-cert-auth=true \\
  --peer-cert-file={pki}/peer.crt --peer-key-file={pki}/peer.key --peer-trusted-ca-file={pki}/ca.crt \\
  --peer-client-cert-auth=true --heartbeat-interval=100 --election-timeout=1000 --strict-reconfig-check=true \\
  --log-level=warn""",
        )
