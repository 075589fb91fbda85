"""`python -m tests.policy.bench`: time and memory of the pack in a process of its own, as the engine uses it."""

import itertools
import resource
import statistics
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

ROOT = Path(__file__).resolve().parents[3]
ROUNDS = 5
MEBIBYTE = 1024 * 1024
OPTIONS = [("grpc.max_receive_message_length", 1 << 30), ("grpc.max_send_message_length", 1 << 30)]
# Issue 5, "How fast".
START_SECONDS, RESOURCE_MILLISECONDS, LARGE_SECONDS, LARGE = 0.5, 10, 60, 5_000


@contextmanager
def pack() -> Iterator[tuple[analyzer_pb2_grpc.AnalyzerStub, float, int]]:
    """A connection, the seconds until the port was printed, and the process id."""
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(ROOT / "policies")]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd="/") as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        started = time.perf_counter() - began
        with grpc.insecure_channel(f"127.0.0.1:{port}", options=OPTIONS) as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel), started, process.pid
        process.terminate()


def timed(action: Callable[[], object]) -> float:
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


def row(what: str, value: str, limit: str = "") -> None:
    print(f"| {what} | {value} | {limit} |")


def main() -> None:
    print("| what | measured | limit |\n|---|---|---|")
    starts = []
    for _ in range(ROUNDS):
        with pack() as (_, started, _):
            starts.append(started)
    row("start until the port is printed", f"{statistics.median(starts):.2f} s", f"{START_SECONDS} s")
    for name in ("hosts", "aws"):
        case = load(GOOD / f"{name}.yaml")
        with pack() as (stub, _, _):
            requests = [single(case, entry) for entry in case.entries]
            each = [timed(partial(stub.Analyze, request)) * 1000 for request in requests * 3]
            together = timed(partial(stub.AnalyzeStack, whole(case))) * 1000
        text = f"median {statistics.median(each):.1f} ms, worst {max(each):.1f} ms"
        row(f"each of {len(case.entries)} resources of {name}", text, f"{RESOURCE_MILLISECONDS} ms")
        row(f"the stack {name} as a whole", f"{together:.0f} ms")
    for count in (1_250, 2_500, LARGE):
        case = filler(load(GOOD / "aws.yaml"), count)
        with pack() as (stub, _, pid):
            requests = [single(case, entry) for entry in case.entries]
            alone = sum(timed(partial(stub.Analyze, request)) for request in requests)
            stack = whole(case)
            together = timed(partial(stub.AnalyzeStack, stack))
            used = memory(pid)
        text = f"{alone + together:.1f} s ({alone:.1f} + {together:.1f}), {used:.0f} MiB"
        row(f"{count} resources", text, f"{LARGE_SECONDS} s" if count == LARGE else "")


if __name__ == "__main__":
    main()
