"""The emulated environment `dev` of this clone under drills: commands as an operator types them, and its site."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import boto3
import yaml
from botocore.client import BaseClient

from workbench.cloud.client_environment import KEY, SECRET
from workbench.cloud.cloud import Cloud
from workbench.cloud.folder import PROJECT
from workbench.cloud.region import fleet
from workbench.lab.access import Address, from_kubeconfig
from workbench.lab.api import Connection
from workbench.lab.aws.instances import Instances
from workbench.lab.aws.vpc import Vpc
from workbench.lab.progress import Progress
from workbench.lab.site import Site
from workbench.lab.stack import TICK, Run
from workbench.lab.wait import NotYet
from workbench.places import CLOUD, PRIVATE, ROOT

STACK, REGION = "dev", "eu-west-1"
NODES = {"cp1": "10.20.0.10", "cp2": "10.20.1.10", "cp3": "10.20.2.10"}  # of the preset
RESOLVER = "10.20.0.2"
ENDPOINT = "api.dev.example.internal"
API_PORT = 6443
LOG = PRIVATE / "drills" / "aws.log"


@dataclass(frozen=True, kw_only=True)
class AwsSite(Site):
    """Whole means also: every target of the balancer is healthy."""

    balancing: BaseClient

    def whole(self) -> None:
        """Raises `NotYet` or `OSError`."""
        super().whole()
        for group in self.balancing.describe_target_groups()["TargetGroups"]:
            targets = self.balancing.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
            for target in targets["TargetHealthDescriptions"]:
                if target["TargetHealth"]["State"] != "healthy":
                    raise NotYet(f"target {target['Target']['Id']} is {target['TargetHealth']['State']}")


class Environment:
    """`runs` has every command. Its settings file is the session's own copy of the committed one."""

    def __init__(self, *, progress: Progress) -> None:
        self.cloud = Cloud(CLOUD / "aws", boots=True)
        self.runs: list[Run] = []
        self._progress = progress

    @property
    def settings_file(self) -> Path:
        """The file that operations change."""
        return CLOUD / PROJECT / f"Pulumi.{STACK}.yaml"

    @property
    def exists(self) -> bool:
        """Whether its cloud runs and has the stack."""
        stacks = CLOUD / "state" / ".pulumi" / "stacks"
        return self.cloud.endpoint is not None and any(stacks.glob(f"*/{STACK}.json"))

    def operation(self, *words: str) -> Run:
        """One of the project's operations on this environment."""
        return self.run("python", "-m", "operations", words[0], "--stack", STACK, *words[1:])

    def choose(self) -> None:
        """Create the stack with its settings file, without any resource."""
        self.run("python", "-c", f"from operations.emulated import choose; choose({STACK!r})").good()

    def up(self) -> Run:
        """`make up STACK=dev EMULATE=1`, without its setup."""
        return self.operation("up")

    def run(self, *command: str) -> Run:
        """A command with EMULATE=1."""
        shown, begun, lines = " ".join(command), time.monotonic(), []
        self._progress.say(shown)
        words = [sys.executable, "-m", "workbench.run", "--emulate", *command]
        with subprocess.Popen(
            words,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as running:
            for line in running.stdout or ():
                lines.append(line)
                if not line.startswith(TICK):
                    self._progress.glimpse(line)
        seconds = time.monotonic() - begun
        done = Run(command=shown, status=running.returncode, output="".join(lines), seconds=seconds)
        self.runs.append(done)
        LOG.parent.mkdir(parents=True, exist_ok=True)
        with LOG.open("a", encoding="utf-8") as log:
            log.write(f"$ {shown}\n{done.output}exit {done.status}, {done.seconds:.1f} s\n\n")
        return done

    def set(self, values: Mapping[str, object]) -> None:
        """Set values in the settings by path, such as `quorate:aws.machines.image.id`; None removes one."""
        found = yaml.safe_load(self.settings_file.read_text(encoding="utf-8"))
        for path, value in values.items():
            section, *keys = path.split(".")
            place = found["config"]
            for key in (section, *keys)[:-1]:
                place = place.setdefault(key, {})
            last = (section, *keys)[-1]
            if value is None:
                place.pop(last, None)
            else:
                place[last] = value
        self.settings_file.write_text(yaml.safe_dump(found, sort_keys=False), encoding="utf-8")

    def client(self, service: str) -> BaseClient:
        """An AWS client with every permission."""
        endpoint = self.cloud.endpoint
        return boto3.Session(KEY, SECRET, region_name=REGION).client(service, endpoint_url=endpoint)

    @cached_property
    def instances(self) -> Instances:
        """The nodes."""
        return Instances(addresses=NODES, fleet=fleet(self.cloud.folder), ec2=self.client("ec2"))

    @cached_property
    def vpc(self) -> Vpc:
        """Its network."""
        process = self.cloud.process
        if process is None:
            raise NotYet("the emulated cloud does not run")
        return Vpc(process, resolver=RESOLVER, endpoint=ENDPOINT)

    @cached_property
    def kubeconfig(self) -> Path:
        """A new kubeconfig of an operator, who is outside the VPC and uses the proxy."""
        return ROOT / self.operation("kubeconfig").good().output.strip().splitlines()[-1]

    @cached_property
    def site(self) -> AwsSite:
        """As drills see it."""
        access = from_kubeconfig(self.kubeconfig, dial=self.vpc.dial)
        servers = tuple(
            Address(name=name, host=address, port=API_PORT, server_name=address) for name, address in NODES.items()
        )
        return AwsSite(
            access=access,
            servers=servers,
            machines=self.instances,
            virtual_ip=None,
            balancing=self.client("elbv2"),
        )

    def api(self, to: Address | None = None) -> Connection:
        """A connection from inside the VPC, to the endpoint or to one place."""
        return Connection(self.site.access, to)

    @property
    def machines(self) -> Instances:
        """The nodes, as tests of pods name them."""
        return self.instances
