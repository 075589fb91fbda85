"""The policy pack in a process of its own, as the engine uses it (issue 5, "How fast")."""

import itertools
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import grpc
from pulumi.runtime.proto import analyzer_pb2_grpc

from tests.policy.messages import single, whole
from tests.policy.stacks import GOOD, Case, Entry, load
from tests.program.aws import ENVIRONMENTS, Cloud
from tests.program.recorder import run_program
from workbench.benchmarks.table import Measurement
from workbench.lab.progress import Progress
from workbench.places import ROOT

MEBIBYTE = 1024 * 1024
OPTIONS = [("grpc.max_receive_message_length", 1 << 30), ("grpc.max_send_message_length", 1 << 30)]
START_SECONDS, RESOURCE_MILLISECONDS, LARGE_SECONDS = 0.5, 10, 60
SIZES = (1_250, 2_500, 5_000)  # resources; the last one has the limit
LINEAR = 1.25  # twice the resources take at most twice the time, and a quarter of it for noise


def missing() -> str | None:
    """Nothing but Python is needed."""
    return None


def measured(rounds: int) -> Iterator[Measurement]:
    """Start, each resource, and the growth with the number of resources."""
    progress = Progress(None)
    progress.say("the pack's start")
    starts = []
    for _ in range(rounds):
        with pack() as (_, started, _):
            starts.append(started)
    yield Measurement(what="start until the port is printed", unit="s", values=starts, limit=START_SECONDS, digits=2)
    for case in (load(GOOD / "hosts.yaml"), prod()):
        yield from _each(case, rounds)
    sizes: dict[int, list[tuple[float, float]]] = {count: [] for count in SIZES}
    for _ in range(rounds):
        for count in SIZES:
            progress.say(f"{count} resources")
            sizes[count].append(_large(count))
    for count, found in sizes.items():
        limit = LARGE_SECONDS if count == SIZES[-1] else None
        yield Measurement(what=f"{count} resources", unit="s", values=[took for took, _ in found], limit=limit)
    used = [memory for _, memory in sizes[SIZES[-1]]]
    yield Measurement(what=f"memory after {SIZES[-1]} resources", unit="MiB", values=used, digits=0)
    pairs = zip(sizes[SIZES[-1]], sizes[SIZES[-2]], strict=True)
    growth = [large[0] / half[0] / 2 for large, half in pairs]
    yield Measurement(
        what="the last step's time for one resource, against the step before",
        unit="x",
        values=growth,
        limit=LINEAR,
        digits=2,
    )


def prod() -> Case:
    """This program's own environment on AWS, as in its first preview."""
    run = run_program(Cloud(preview=True), config=ENVIRONMENTS["prod"], preview=True)
    entries = tuple(
        Entry(key=r.urn, name=r.name, type=r.type, properties=r.inputs, protect=r.protect, parent=r.parent)
        for r in run.resources
    )
    return Case(name="prod", stack="prod", entries=entries)


def _each(case: Case, rounds: int) -> Iterator[Measurement]:
    """Each resource of a stack, and that stack as a whole."""
    with pack() as (stub, _, _):
        requests = [single(case, entry) for entry in case.entries]
        each = [timed(partial(stub.Analyze, request)) * 1000 for request in requests * rounds]
        together = [timed(partial(stub.AnalyzeStack, whole(case))) * 1000 for _ in range(rounds)]
    yield Measurement(
        what=f"each of {len(case.entries)} resources of {case.name}",
        unit="ms",
        values=each,
        limit=RESOURCE_MILLISECONDS,
    )
    yield Measurement(what=f"the stack {case.name} as a whole", unit="ms", values=together, digits=0)


def _large(count: int) -> tuple[float, float]:
    """Seconds and mebibytes of a stack of so many resources."""
    case = filler(load(GOOD / "aws.yaml"), count)
    with pack() as (stub, _, pid):
        requests = [single(case, entry) for entry in case.entries]
        alone = sum(timed(partial(stub.Analyze, request)) for request in requests)
        together = timed(partial(stub.AnalyzeStack, whole(case)))
        return alone + together, memory(pid)


@contextmanager
def pack() -> Iterator[tuple[analyzer_pb2_grpc.AnalyzerStub, float, int]]:
    """A connection, the seconds until the port was printed, and the process id."""
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(ROOT / "policies")]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd="/") as process:
        port = int(process.stdout.readline() if process.stdout else "")
        started = time.perf_counter() - began
        with grpc.insecure_channel(f"127.0.0.1:{port}", options=OPTIONS) as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel), started, process.pid
        process.terminate()


def timed(action: Callable[[], object]) -> float:
    """Seconds of one call."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def filler(case: Case, count: int) -> Case:
    """The stack with so many resources in all: what else a large program makes, and certificates."""
    others = [
        Entry(
            key="instance",
            name="instance",
            type="aws:ec2/instance:Instance",
            properties={
                "instanceType": "m5.large",
                "privateIp": "10.1.9.9",
                "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
                "userData": "#!/bin/sh\nkubelet --config=/etc/kubelet.yaml\n" * 20,
                "tags": {"Name": "worker", "managed-by": "pulumi"},
            },
        ),
        Entry(
            key="rule",
            name="rule",
            type="aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            properties={"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.1.0.0/16"},
        ),
        Entry(
            key="role",
            name="role",
            type="aws:iam/rolePolicy:RolePolicy",
            properties={"policy": '{"Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}'},
        ),
        Entry(
            key="map",
            name="map",
            type="kubernetes:core/v1:ConfigMap",
            properties={"metadata": {"name": "x"}, "data": {str(n): "value" * 10 for n in range(20)}},
        ),
    ]
    numbered = (replace(e, key=f"{e.key}-{n}", name=f"{e.key}-{n}") for n in itertools.count() for e in others)
    return replace(case, entries=(*case.entries, *itertools.islice(numbered, max(0, count - len(case.entries)))))


def memory(pid: int) -> float:
    """Resident mebibytes of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / MEBIBYTE
