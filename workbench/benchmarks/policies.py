"""Measures the policy pack in its own process, as the engine uses it (issue 5, "How fast")."""

import itertools
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import grpc
from pulumi.runtime.proto import analyzer_pb2_grpc

from workbench.benchmarks.analyzer import Stack, single, whole
from workbench.benchmarks.table import Measurement
from workbench.lab.progress import Progress
from workbench.mocks.answers import Answers
from workbench.mocks.aws import ENVIRONMENTS, Cloud
from workbench.mocks.recorder import Recorded, Value, run_program
from workbench.places import ROOT, SSH_KEY

MEBIBYTE = 1024 * 1024
OPTIONS = [("grpc.max_receive_message_length", 1 << 30), ("grpc.max_send_message_length", 1 << 30)]
START_SECONDS, RESOURCE_MILLISECONDS, LARGE_SECONDS = 0.5, 10, 60
SIZES = (1_250, 2_500, 5_000)  # numbers of resources; the limit applies to the last one
LINEAR = 1.25  # twice the resources take at most twice the time, plus a quarter for noise

OTHERS: Mapping[str, dict[str, Value]] = {
    "aws:ec2/instance:Instance": {
        "instanceType": "m5.large",
        "privateIp": "10.1.9.9",
        "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
        "userData": "#!/bin/sh\nkubelet --config=/etc/kubelet.yaml\n" * 20,
        "tags": {"Name": "worker", "managed-by": "pulumi"},
    },
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrIpv4": "10.1.0.0/16",
    },
    "aws:iam/rolePolicy:RolePolicy": {
        "policy": '{"Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}'
    },
    "kubernetes:core/v1:ConfigMap": {"metadata": {"name": "x"}, "data": {str(n): "value" * 10 for n in range(20)}},
}


def missing() -> str | None:
    """The environment `local` needs this clone's SSH key and artifacts."""
    return None if SSH_KEY.exists() else "this clone is not set up; run `make setup`"


def measured(rounds: int) -> Iterator[Measurement]:
    """Start, each resource, and the growth with the number of resources."""
    progress = Progress(None)
    progress.say("the pack's start")
    starts = []
    for _ in range(rounds):
        with pack() as (_, started, _):
            starts.append(started)
    yield Measurement(what="start until the port is printed", unit="s", values=starts, limit=START_SECONDS, digits=2)
    local, prod = environment("local"), environment("prod")
    for stack in (local, prod):
        yield from _each(stack, rounds)
    sizes: dict[int, list[tuple[float, float]]] = {count: [] for count in SIZES}
    for _ in range(rounds):
        for count in SIZES:
            progress.say(f"{count} resources")
            sizes[count].append(_large(prod, count))
    for count, found in sizes.items():
        limit = LARGE_SECONDS if count == SIZES[-1] else None
        yield Measurement(what=f"{count} resources", unit="s", values=[took for took, _ in found], limit=limit)
    used = [memory for _, memory in sizes[SIZES[-1]]]
    yield Measurement(what=f"memory after {SIZES[-1]} resources", unit="MiB", values=used, digits=0)
    pairs = zip(sizes[SIZES[-1]], sizes[SIZES[-2]], strict=True)
    growth = [large[0] / half[0] / 2 for large, half in pairs]
    yield Measurement(
        what="time per resource in the last step, compared with the step before",
        unit="x",
        values=growth,
        limit=LINEAR,
        digits=2,
    )


def environment(name: str) -> Stack:
    """The first preview of one of this program's environments."""
    answers = Answers(preview=True) if name == "local" else Cloud(preview=True)
    config = ENVIRONMENTS.get(name, {"preset": name})
    return Stack(name=name, resources=run_program(answers, config=config, preview=True, stack=name).resources)


def _each(stack: Stack, rounds: int) -> Iterator[Measurement]:
    """Each resource of a stack, and that stack as a whole."""
    with pack() as (stub, _, _):
        requests = [single(each) for each in stack.resources]
        each = [timed(partial(stub.Analyze, request)) * 1000 for request in requests * rounds]
        together = [timed(partial(stub.AnalyzeStack, whole(stack))) * 1000 for _ in range(rounds)]
    yield Measurement(
        what=f"each of {len(stack.resources)} resources of {stack.name}",
        unit="ms",
        values=each,
        limit=RESOURCE_MILLISECONDS,
    )
    yield Measurement(what=f"the stack {stack.name} as a whole", unit="ms", values=together, digits=0)


def _large(small: Stack, count: int) -> tuple[float, float]:
    """Seconds and mebibytes for `small`, filled up to `count` resources."""
    stack = filler(small, count)
    with pack() as (stub, _, pid):
        requests = [single(each) for each in stack.resources]
        alone = sum(timed(partial(stub.Analyze, request)) for request in requests)
        together = timed(partial(stub.AnalyzeStack, whole(stack)))
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


def filler(stack: Stack, count: int) -> Stack:
    """The stack, filled up to `count` with resources of a large program."""
    numbered = (_other(kind, n) for n in itertools.count() for kind in OTHERS)
    missing_ = max(0, count - len(stack.resources))
    return replace(stack, resources=(*stack.resources, *itertools.islice(numbered, missing_)))


def _other(kind: str, number: int) -> Recorded:
    name = f"{kind.rsplit(':', 1)[-1]}-{number}"
    return Recorded(
        type=kind,
        name=name,
        urn=f"urn:pulumi:large::quorate::{kind}::{name}",
        parent="",
        inputs=OTHERS[kind],
        secrets=(),
        state={},
        protect=False,
        delete_before_replace=False,
        ignore_changes=(),
        dependencies=(),
    )


def memory(pid: int) -> float:
    """Resident mebibytes of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / MEBIBYTE
