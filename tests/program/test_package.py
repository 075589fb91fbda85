"""The components in programs of other people."""

import contextlib
import runpy
from collections.abc import Callable
from functools import cache
from typing import cast

import pulumi
import pytest
from pulumi.runtime.rpc import UNKNOWN

import quorate
from plan.loading.presets import merged
from workbench.mocks.aws import DEV, PUBLIC_KEY, Cloud
from workbench.mocks.recorder import Run, run_program
from workbench.mocks.site import site
from workbench.places import ROOT

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

CONFIG = {"account": "123456789012", "logBucket": "access-logs", "publicKey": PUBLIC_KEY}
QUICK = merged(DEV, {"addons": {"enabled": False}})  # without a hundred objects of the cluster
HOSTS: quorate.ClusterArgs = {
    "cluster": "oslo",
    "preset": "dev",
    "nodes": [{"name": f"cp{n}", "address": f"192.0.2.1{n}", "failureDomain": f"rack-{n}"} for n in (1, 2, 3)],
    "network": {"hosts": "192.0.2.0/24"},
    "endpoint": {"name": "api.oslo.example.com", "virtualIp": {"address": "192.0.2.10"}},
    "ssh": {"privateKeyPath": ".quorate/ssh/id_ed25519"},
}


@cache
def two_clusters() -> Run:
    main = ROOT / "examples" / "two-clusters" / "__main__.py"

    def run() -> None:
        runpy.run_path(str(main), run_name="__main__")

    return run_program(Cloud(), config=CONFIG, project="two-clusters", program=run)


def test_two_clusters_and_a_bucket_of_ones_own_share_a_stack() -> None:
    run = two_clusters()
    assert [r.inputs["cluster"] for r in run.of("quorate:index:ControlPlane")] == ["berlin", "paris"]
    assert len(run.of("aws:ec2/instance:Instance")) == 6
    assert run.one("aws:s3/bucket:Bucket", "logs").inputs["bucket"] == "access-logs"
    logged = [r.inputs["accessLogs"] for r in run.of("aws:lb/loadBalancer:LoadBalancer")]
    assert logged == [{"bucket": "access-logs", "enabled": True}] * 2


def test_a_clusters_resources_keep_their_urns_when_another_cluster_joins_the_stack() -> None:
    def alone() -> None:
        quorate.ControlPlane("berlin", plan=planned(merged(QUICK, {"cluster": "berlin"})))

    run = run_program(Cloud(), config={}, project="two-clusters", program=alone)
    assert {r.urn for r in run.resources} <= {r.urn for r in two_clusters().resources}


def planned(settings: object) -> quorate.Plan:
    with contextlib.chdir(site()):  # the folder of the SSH key
        return quorate.plan(cast("quorate.ClusterArgs", settings))


def program(*clusters: object) -> Callable[[], None]:
    def run() -> None:
        for made in map(planned, clusters):
            quorate.ControlPlane(made.settings.cluster, plan=made)

    return run


def test_a_cluster_that_overlaps_another_one_of_the_stack_is_refused() -> None:
    with pytest.raises(quorate.Refused, match="cluster: must be another name"):
        run_program(Cloud(), config={}, program=program(QUICK, QUICK))


@pytest.mark.parametrize("value", [pulumi.Output.from_input("10.20.0.0/16"), UNKNOWN])
def test_a_value_of_another_resource_is_refused_where_the_plan_decides(value: object) -> None:
    settings = merged(DEV, {"aws": {"network": {"cidr": value}}})
    with pytest.raises(quorate.Refused) as refused:
        planned(settings)
    (problem,) = refused.value.refusals
    assert problem.at == "aws.network.cidr"
    assert "in the program or in the configuration" in problem.fix


def test_no_component_reads_the_stacks_configuration() -> None:
    config: dict[str, object] = {"aws:profile": "wrong", "quorate:cluster": "wrong"}
    run = run_program(Cloud(), config=config, program=program(QUICK))
    (provider,) = run.of("pulumi:providers:aws")
    assert "profile" not in provider.inputs
    assert "wrong" not in str([r.inputs for r in run.resources])


def test_the_provider_settings_that_a_program_passes_reach_every_wait() -> None:
    def run() -> None:
        quorate.ControlPlane("north", plan=planned(QUICK), aws_provider={"profile": "ops"})

    made = run_program(Cloud(), config={}, program=run)
    assert made.of("pulumi:providers:aws")[0].inputs["profile"] == "ops"
    waits = [r for r in made.resources if "connection" in r.inputs and r.type.startswith("quorate:aws:")]
    assert {str(r.inputs["connection"]) for r in waits} == {"{'profile': 'ops'}"}


def test_each_component_can_be_used_on_its_own() -> None:
    def run() -> None:
        made = planned(QUICK)
        quorate.CertificateTree("north", plan=made)
        quorate.EtcdCluster("north", plan=made)
        subnets = quorate.Subnets(vpc_id="vpc-1", private={"eu-west-1a": "subnet-1"}, public={})
        quorate.ApiLoadBalancer("north", plan=made, subnets=subnets, security_group="sg-1", after=())
        quorate.VirtualIp("oslo", plan=planned(HOSTS))

    made = run_program(Cloud(), config={}, program=run)
    for kind in ("pki:CertificateTree", "etcd:EtcdCluster", "aws:ApiLoadBalancer", "hosts:VirtualIp"):
        assert made.of(f"quorate:{kind}")
