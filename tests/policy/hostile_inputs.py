"""Hostile stacks: machines with hostile documents, and resources with properties of any shape."""

import base64
import json
import random
from collections.abc import Sequence

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

from tests.policy.hostile_documents import NUMBERS, ODD, bombs, mutated

INSTANCE, NODE, COMMAND = "aws:ec2/instance:Instance", "quorate:hosts:Node", "command:remote:Command"
SURROGATE = "\\ud800"
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
