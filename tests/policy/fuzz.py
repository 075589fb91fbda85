"""`python -m tests.policy.fuzz --inputs 100000`: hostile and mutated documents, and properties of any shape.

Every input is made of a number, so that a failure can be repeated with `--first N --inputs 1`. The server's own code
answers in a process of its own: a crash of it is seen, and the input that crashed it is named.
"""

import argparse
import base64
import gzip
import json
import multiprocessing
import random
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

from policies.rules import RULES
from policies.server import Analyzer

if TYPE_CHECKING:
    import grpc

GOOD = Path(__file__).parent / "good"
INSTANCE, NODE, COMMAND = "aws:ec2/instance:Instance", "quorate:hosts:Node", "command:remote:Command"
SLOWEST = 0.5  # seconds of processor time for one hostile document
LARGE = 300_000  # characters of the largest hostile documents
SURROGATE = "\\ud800"
NUMBERS = ["1e999", "-1", "9" * 5000, "9e9999999", "NaN", ".inf", "\u00b2", "--5", "0x", "1_000", "", "\u0661"]
ODD = [
    "https://[::1",
    "http://[",
    "[::1]:",
    ":6443",
    "a=,b=",
    "=",
    "%H",
    "$(hostname)",
    "..",
    "*.",
    "\x00",
    "\u2028",
    "\udfff",
]
PROPERTIES = [
    "userData",
    "userDataBase64",
    "privateIp",
    "tags",
    "metadataOptions",
    "ebsBlockDevices",
    "vpcSecurityGroupIds",
]

# Resources beside the machines, with the properties that the rules read of them.
NEIGHBOURS = {
    "aws:elb/attachment:Attachment": ("elb", "instance"),
    "aws:elb/loadBalancer:LoadBalancer": ("name", "listeners", "healthCheck", "instances"),
    "aws:lb/targetGroup:TargetGroup": ("port", "protocol", "healthCheck", "targetType"),
    "aws:lb/listener:Listener": ("port", "protocol", "defaultActions", "loadBalancerArn"),
    "aws:ec2/securityGroup:SecurityGroup": ("ingress", "egress", "vpcId"),
    "aws:ec2/securityGroupRule:SecurityGroupRule": ("fromPort", "toPort", "protocol", "cidrBlocks", "type"),
    "aws:s3/bucket:Bucket": ("bucket", "region", "policy", "versioning", "lifecycleRules"),
    "aws:s3/bucketPolicy:BucketPolicy": ("bucket", "policy"),
    "aws:iam/rolePolicy:RolePolicy": ("policy", "role"),
    "aws:autoscaling/group:Group": ("minSize", "desiredCapacity", "launchTemplate", "mixedInstancesPolicy"),
    "aws:route53/record:Record": ("name", "type", "records", "aliases"),
    "tls:index/locallySignedCert:LocallySignedCert": ("allowedUses", "validityPeriodHours", "certRequestPem"),
    "tls:index/certRequest:CertRequest": ("dnsNames", "ipAddresses", "subject"),
    "tls:index/privateKey:PrivateKey": ("algorithm", "rsaBits", "ecdsaCurve"),
    "kubernetes:apps/v1:StatefulSet": ("metadata", "spec"),
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": ("metadata", "roleRef", "subjects"),
    "kubernetes:policy/v1:PodDisruptionBudget": ("metadata", "spec"),
}
NAMES = ("httpTokens", "deleteOnTermination", "Name", "value", "content", "host", "path", "from", "labels", "name",
         "template", "spec", "containers", "command", "args", "env", "metadata", "namespace", "selector", "matchLabels",
         "instancePort", "lbPort", "port", "protocol", "cidrBlocks", "target", "replicas", "commonName")  # fmt: skip


def corpus() -> list[str]:
    """Documents that machines really get: the texts of the good stacks."""
    found: list[str] = []
    for path in sorted(GOOD.glob("*.yaml")):
        waiting: list[object] = [yaml.load(path.read_text(), Loader=_Plain)]  # noqa: S506 -- a subclass of SafeLoader
        while waiting:
            value = waiting.pop()
            if isinstance(value, str) and "\n" in value:
                found.append(value)
            waiting += value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
    return found


class _Plain(yaml.SafeLoader):
    """Reads the tags of the test stacks as plain values."""


_Plain.add_multi_constructor(
    "!", lambda _loader, _tag, node: getattr(node, "value", None) if isinstance(node, yaml.ScalarNode) else None
)


def bombs() -> list[Callable[[random.Random], str]]:
    """Documents that cost more than they look."""
    head = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n"
    return [
        lambda r: head + "a: " + "[" * r.randint(50, 20_000),
        lambda r: head + "a: " + "{a: " * r.randint(50, 20_000),
        lambda r: head + "\n".join(f"{' ' * n}a:" for n in range(r.randint(50, 700))),
        lambda r: '{"kind": "ClusterConfiguration", "a": ' + "[" * r.randint(50, 100_000),
        lambda _: head + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'x'}]\n" for n in range(30)),
        lambda r: "#!/bin/sh\n" + "etcd " * r.randint(1000, LARGE // 5),
        lambda r: "#!/bin/sh\nkubeadm init\n" + "\n" * r.randint(1000, LARGE),
        lambda r: "[Timer]\nOnCalendar=" + "\n" * r.randint(1000, LARGE) + "x",
        lambda r: "[Timer]\nOnUnitActiveSec=" + "1 " * r.randint(1000, LARGE // 2),
        lambda r: base64.b64encode(gzip.compress(b"0" * r.randint(1 << 20, 64 << 20), compresslevel=1)).decode(),
        lambda r: base64.b64encode(gzip.compress(b"#cloud-config\n" * 100)[: r.randint(3, 60)]).decode(),
        lambda r: (
            "#!/bin/sh\n"
            + "\n".join(f"A{n + 1}=$A{n}$A{n}" for n in range(r.randint(5, 200)))
            + "\necho $A99\nkubeadm init\n"
        ),
        lambda r: "#!/bin/sh\n" + "cat <<E\n" * r.randint(10, 20_000),
        lambda r: "#!/bin/sh\n" + "echo '" * r.randint(10, 20_000),
        lambda r: (
            "Content-Type: multipart/mixed; boundary=B\n\n"
            + "--B\nContent-Type: multipart/mixed; boundary=B\n\n" * r.randint(2, 3000)
        ),
        lambda r: "vrrp_instance a {\n" * r.randint(2, 5000),
        lambda r: "stream { upstream a { " + "server 1.1.1.1:6443; " * r.randint(2, 9000),
        lambda r: "bind :1\nbackend a\n" + "  server a 10.0.0.1:6443 check\n" * r.randint(2, 9000),
        lambda r: "#!/bin/sh\netcd --initial-cluster=" + "a=https://[::1," * r.randint(2, 20_000) + " --data-dir=/x\n",
        lambda r: "#!/bin/sh\nsystemctl disable " * r.randint(2, 9000),
        lambda r: "#!/bin/sh\netcdctl " + "snapshot " * r.randint(2, 30_000) + "save",
        lambda r: "#cloud-config\nwrite_files:\n" + "- {path: /a, content: x}\n" * r.randint(2, 9000),
        lambda r: (
            '{"ignition": {}, "storage": {"files": ['
            + '{"path": "/a", "contents": {"source": "data:,%ZZ"}},' * r.randint(2, 3000)
            + "{}]}}"
        ),
        lambda r: head + "a: " + " " * r.randint(100, LARGE) + "b\n",
        lambda r: head + "? " * r.randint(10, 5000),
        lambda r: head + "- " * r.randint(10, 5000),
        lambda r: "deb [" + "[" * r.randint(10, LARGE) + " kube",
        lambda r: head + "kubernetesVersion: v" + "1." * r.randint(10, LARGE // 2),
    ]


def mutated(chance: random.Random, texts: Sequence[str]) -> str:
    """One of the real documents with a few changes."""
    text = chance.choice(texts)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text) + 1)
        change = chance.randrange(8)
        if change == 0:
            text = text[:at] + chance.choice(ODD) + text[at:]
        elif change == 1:
            text = (
                text[:at]
                + chr(chance.choice([0, 9, 10, 58, 91, 123, 38, 42, 0x2028, 0xFFFD, 0x1F600]))
                + text[at + 1 :]
            )
        elif change == 2:
            text = text[:at]
        elif change == 3:
            text = text[:at] + text[at : at + 200] * chance.randint(2, 6) + text[at:]
        elif change == 4:
            words = text.split(" ")
            words[chance.randrange(len(words))] = chance.choice(NUMBERS)
            text = " ".join(words)
        elif change == 5:
            lines = text.split("\n")
            chance.shuffle(lines)
            text = "\n".join(lines)
        elif change == 6:
            other = chance.choice(texts)
            text = text[:at] + other[chance.randrange(len(other)) :]
        else:
            text = text.replace(chance.choice(["true", "6443", "https", ":", "'", '"']), chance.choice(NUMBERS + ODD))
    return text


def wild(chance: random.Random, depth: int = 0) -> object:
    """A property of any shape."""
    kind = chance.randrange(6 if depth < 3 else 4)
    if kind == 4:
        return [wild(chance, depth + 1) for _ in range(chance.randrange(4))]
    if kind == 5:
        return {chance.choice(NAMES): wild(chance, depth + 1) for _ in range(chance.randrange(4))}
    return [None, True, chance.choice([0.5, -1, 1e308, 1e30]), chance.choice([*NUMBERS, *ODD[:-1]])][kind]


def request(number: int, texts: Sequence[str]) -> pb.AnalyzeStackRequest:
    """The stack of one input: machines that get a document, in one of the ways that the pack reads."""
    chance = random.Random(number)  # noqa: S311 -- repeatable, not secret
    hostile = bombs()
    text = chance.choice(hostile)(chance) if chance.random() < 0.03 else mutated(chance, texts)
    way = chance.randrange(5)
    properties: dict[str, object]
    if way == 0:
        kind, properties = INSTANCE, {"userDataBase64": base64.b64encode(text.encode("utf-8", "replace")).decode()}
    elif way == 1:
        kind, properties = (
            NODE,
            {
                "name": "cp1",
                "manifest": text[:2000],
                "files": {"/etc/kubernetes/quorate/kubeadm.yaml": {"content": text}},
            },
        )
    elif way == 2:
        kind, properties = COMMAND, {"connection": {"host": "10.0.0.1"}, "create": text}
    else:
        kind, properties = INSTANCE, {"userData": text}
    if chance.random() < 0.2:
        properties[chance.choice(PROPERTIES)] = wild(chance)
    beside = [neighbour(chance, n) for n in range(chance.choice([0, 0, 0, 3]))]
    return pb.AnalyzeStackRequest(resources=[*(_resource(kind, f"m{n}", properties) for n in range(2)), *beside])


def neighbour(chance: random.Random, number: int) -> pb.AnalyzerResource:
    """Another resource with properties of any shape, which refers to a machine."""
    kind = chance.choice(list(NEIGHBOURS))
    names = NEIGHBOURS[kind]
    made = _resource(kind, f"n{number}", {name: wild(chance) for name in names})
    machine = f"urn:pulumi:prod::fuzz::{INSTANCE}::m0"
    made.propertyDependencies[chance.choice(names)].urns.append(machine)
    return made


def _resource(kind: str, name: str, properties: dict[str, object]) -> pb.AnalyzerResource:
    urn = f"urn:pulumi:prod::fuzz::{kind}::{name}"
    return pb.AnalyzerResource(type=kind, name=name, urn=urn, properties=_struct(properties))


def _struct(properties: dict[str, object]) -> struct_pb2.Struct:
    plain = json.loads(json.dumps(properties).replace(SURROGATE, "?").replace("\\udfff", "?"))
    return json_format.ParseDict(plain, struct_pb2.Struct())


def run(
    first: int, count: int, current: "Synchronized[int]", results: "multiprocessing.Queue[tuple[float, int, list[str]]]"
) -> None:
    """Answer every input; report the slowest, its number, and what failed."""
    texts, server = corpus(), Analyzer(RULES)
    context: grpc.ServicerContext = None  # type: ignore[assignment]  # no method of the pack uses it
    slowest, which, failed = 0.0, first, []
    for number in range(first, first + count):
        current.value = number
        message = request(number, texts)
        started = time.process_time()
        answer = server.AnalyzeStack(message, context)
        seconds = time.process_time() - started
        answer.SerializeToString()
        if seconds > slowest:
            slowest, which = seconds, number
        broken = {d.message.split("\n")[1] for d in answer.diagnostics if "the rule itself failed" in d.message}
        failed += [f"input {number}: {line}" for line in sorted(broken)[:1]]
    results.put((slowest, which, failed))


def fuzz(first: int, count: int) -> tuple[float, int, list[str]]:
    """Slowest answer in seconds of processor time, its input, and what failed; a dead server is a failure."""
    context = multiprocessing.get_context("spawn")
    current, results = context.Value("q", first), context.Queue()
    child = context.Process(target=run, args=(first, count, current, results))
    child.start()
    while child.is_alive() and results.empty():
        child.join(timeout=0.2)
    if child.exitcode not in (None, 0):
        return 0.0, current.value, [f"input {current.value}: the server died with exit status {child.exitcode}"]
    found: tuple[float, int, list[str]] = results.get()
    child.join()
    return found


def main() -> int:
    """Run, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    chosen = parser.parse_args()
    slowest, which, failed = fuzz(chosen.first, chosen.inputs)
    sys.stdout.write(f"{chosen.inputs} inputs, {len(failed)} failures, slowest {slowest:.3f} s (input {which})\n")
    sys.stdout.writelines(f"{line}\n" for line in failed[:50])
    return int(bool(failed) or slowest > SLOWEST)


if __name__ == "__main__":
    sys.exit(main())
