"""Unknown values: what a program does not know yet is a finding, what the provider will fill in is none."""

from dataclasses import replace

import pytest

from policies.properties import UNKNOWN, Properties
from policies.resources import Resource
from policies.stack import Stack
from policies.views.etcd import etcd_clusters
from tests.policy.judging import judge_resources, resources
from tests.policy.stacks import GOOD, load


def with_outputs(filled_in: dict[str, tuple[str, ...]]) -> tuple[Resource, ...]:
    """The good AWS stack as a provider would plan it: these properties unknown, by type of resource."""
    return tuple(
        replace(
            resource,
            with_outputs=True,
            properties=Properties(
                values={**dict.fromkeys(filled_in.get(resource.type, ()), UNKNOWN), **resource.properties.values},
                urn=resource.urn,
                secrets=resource.properties.secrets,
            ),
        )
        for resource in resources(load(GOOD / "aws.yaml"))
    )


def test_what_the_provider_will_fill_in_is_no_finding() -> None:
    planned = with_outputs(
        {
            "aws:ec2/securityGroup:SecurityGroup": ("id", "arn", "egress", "ingress"),
            "aws:ec2/instance:Instance": ("id", "ebsBlockDevices", "userDataBase64", "availabilityZone", "publicIp"),
            "aws:lb/loadBalancer:LoadBalancer": ("arn", "dnsName", "subnetMappings", "zoneId"),
            "aws:ebs/volume:Volume": ("id", "iops"),
            "aws:s3/bucket:Bucket": ("arn", "policy"),
        }
    )
    assert {f.rule.id for f in judge_resources(planned)} == {"P03", "P84"}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("aws:ec2/securityGroup:SecurityGroup", "ingress"),
        ("aws:ec2/instance:Instance", "userData"),
        ("aws:ec2/instance:Instance", "privateIp"),
        ("aws:lb/targetGroup:TargetGroup", "preserveClientIp"),
        ("aws:lb/listener:Listener", "protocol"),
        ("aws:ebs/volume:Volume", "encrypted"),
    ],
)
def test_what_the_program_makes_of_another_output_is_a_finding_with_its_place(kind: str, name: str) -> None:
    changed = tuple(
        replace(
            resource,
            with_outputs=True,
            property_depends={**resource.property_depends, name: frozenset({"urn:other"})},
            properties=Properties(values={**resource.properties.values, name: UNKNOWN}, urn=resource.urn),
        )
        if resource.type == kind
        else resource
        for resource in resources(load(GOOD / "aws.yaml"))
    )
    told = [f.violation for f in judge_resources(changed) if "cannot be decided before the update" in f.violation.what]
    assert told
    assert all(name in violation.what and kind in violation.urn for violation in told)


def test_a_machine_of_which_nothing_is_known_is_no_finding() -> None:
    urn = "urn:pulumi:dev::p::aws:ec2/instance:Instance::worker"
    worker = Resource(
        type="aws:ec2/instance:Instance",
        name="worker",
        urn=urn,
        properties=Properties(values={"userData": UNKNOWN, "privateIp": UNKNOWN}, urn=urn),
    )
    assert etcd_clusters(Stack((worker,))) == ()
    assert judge_resources((worker,)) == []
