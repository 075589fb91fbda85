"""Five thousand resources of any kind are judged in seconds, and twice as many take about twice as long."""

from collections.abc import Callable, Iterator

import pytest

from policies.properties import Properties, Value
from policies.resources import Resource
from tests.policy.judging import judge_resources
from tests.policy.timing import timed

COUNT, SECONDS = 5000, 5.0  # of processor time: the machine that runs the tests may be busy
ROOT = "quorate"
KEY, REQUEST, LEAF, AUTHORITY = (
    f"tls:index/{name}"
    for name in (
        "privateKey:PrivateKey",
        "certRequest:CertRequest",
        "locallySignedCert:LocallySignedCert",
        "selfSignedCert:SelfSignedCert",
    )
)
INSTANCE, COMMAND = "aws:ec2/instance:Instance", "command:remote:Command"
GROUP, RULE = "aws:ec2/securityGroup:SecurityGroup", "aws:ec2/securityGroupRule:SecurityGroupRule"
DEPLOYMENT, BUDGET = "kubernetes:apps/v1:Deployment", "kubernetes:policy/v1:PodDisruptionBudget"
PLANE = (
    "#!/bin/sh\ncat > /etc/kubernetes/kubeadm.yaml <<'E'\napiVersion: kubeadm.k8s.io/v1beta4\n"
    "kind: ClusterConfiguration\ncontrolPlaneEndpoint: api.example.com:6443\nE\nkubeadm init\n"
)


def urn(kind: str, name: str) -> str:
    return f"urn:pulumi:prod::p::{kind}::{name}"


def made(kind: str, name: str, properties: dict[str, Value], **sources: str) -> Resource:
    return Resource(
        type=kind,
        name=name,
        urn=urn(kind, name),
        properties=Properties(values=properties, urn=urn(kind, name)),
        property_depends={prop: frozenset({source}) for prop, source in sources.items()},
        with_outputs=True,
    )


def certificates(count: int) -> Iterator[Resource]:
    yield made(KEY, ROOT, {"algorithm": "RSA", "rsaBits": 4096})
    yield made(
        AUTHORITY, ROOT, {"isCaCertificate": True, "allowedUses": ["cert_signing"]}, privateKeyPem=urn(KEY, ROOT)
    )
    for n in range(count // 3):
        name = f"leaf{n}"
        yield made(KEY, name, {"algorithm": "RSA", "rsaBits": 4096})
        yield made(REQUEST, name, {"dnsNames": ["kubernetes", name]}, privateKeyPem=urn(KEY, name))
        sources = {"certRequestPem": urn(REQUEST, name), "caCertPem": urn(AUTHORITY, ROOT)}
        yield made(LEAF, name, {"allowedUses": ["server_auth"], "validityPeriodHours": 10}, **sources)


def machines(count: int) -> Iterator[Resource]:
    for n in range(count):
        yield made(INSTANCE, f"m{n}", {"userData": f"{PLANE}# {n}\n", "privateIp": f"10.0.{n // 250}.{n % 250}"})


def commands(count: int) -> Iterator[Resource]:
    for n in range(count):
        yield made(COMMAND, f"c{n}", {"connection": {"host": f"10.0.{n // 250}.{n % 250}"}, "create": PLANE})


def firewall(count: int) -> Iterator[Resource]:
    yield from machines(3)
    rule: dict[str, Value] = {
        "type": "ingress",
        "protocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrBlocks": ["10.0.0.0/8"],
    }
    for n in range(count // 2):
        yield made(GROUP, f"g{n}", {"ingress": [rule]})
        yield made(RULE, f"r{n}", rule, securityGroupId=urn(GROUP, f"g{n}"))


def objects(count: int) -> Iterator[Resource]:
    yield from machines(3)
    for n in range(count // 2):
        labels: dict[str, Value] = {"app": str(n)}
        place: dict[str, Value] = {"name": f"d{n}", "namespace": "kube-system"}
        template: dict[str, Value] = {"metadata": {"labels": labels}, "spec": {"containers": [{"image": "a:1"}]}}
        yield made(DEPLOYMENT, f"d{n}", {"metadata": place, "spec": {"replicas": 2, "template": template}})
        yield made(
            BUDGET, f"b{n}", {"metadata": place, "spec": {"minAvailable": 1, "selector": {"matchLabels": labels}}}
        )


def seconds(resources: tuple[Resource, ...]) -> float:
    """Of processor time."""
    return timed(lambda: judge_resources(resources))[1]


@pytest.mark.parametrize("kind", [certificates, machines, commands, firewall, objects], ids=lambda kind: kind.__name__)
def test_five_thousand_resources_take_seconds_and_the_time_is_linear(kind: Callable[[int], Iterator[Resource]]) -> None:
    seconds(tuple(kind(10)))
    part = min(seconds(tuple(kind(COUNT // 4))) for _ in range(2))
    limit = min(SECONDS, 7 * part + 0.2)  # quadratic time would be sixteen times as long
    # A busy computer slows one measurement or the other.
    assert seconds(tuple(kind(COUNT))) < limit or seconds(tuple(kind(COUNT))) < limit
