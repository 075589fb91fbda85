"""Builds a component for a program in another language: the plugin's `Construct` call."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, cast

import pulumi
import pulumi.provider
from pulumi.provider.server import ProviderServicer
from pulumi.runtime.proto import provider_pb2 as pb

from components.aws.network import Subnets
from components.certificate_tree import CertificateTree
from components.control_plane import ControlPlane
from components.etcd_cluster import EtcdCluster
from components.hosts.virtual_ip import VirtualIp
from plan import Plan, Refused
from plan.validation.neighbours import check
from provider.protocol.values import Properties, decode
from quorate.planning import plan, unknowns
from quorate.schema import COMPONENTS

if TYPE_CHECKING:
    from components.authorities import Provided
    from quorate.inputs import ClusterArgs

Inputs = Mapping[str, pulumi.Input[object]]
Outputs = Mapping[str, pulumi.Input[object]]
Made = tuple[pulumi.ComponentResource, Outputs]
OWN = ("authorityFiles", "awsProvider", "vpcId", "privateSubnets", "publicSubnets", "securityGroup")
CLUSTER = "quorate:index:ControlPlane"
_clusters: defaultdict[str, list[Plan]] = defaultdict(list)


def construct(request: pb.ConstructRequest, engine: str) -> pb.ConstructResponse:
    """Build the component below the request's parent. Raises `Refused` with every problem of its inputs.

    `engine`: the engine's address. Each call runs its own loop, as the SDK keeps its settings by call.
    """
    given = decode(request.inputs)
    settings = {name: value for name, value in given.items() if name not in OWN}
    made = plan(cast("ClusterArgs", settings), authority_files=_authorities(given))  # the plan checks the shape
    if request.type == CLUSTER:
        # One process serves the previews and updates of a command, each with a monitor of its own.
        others = _clusters[request.monitorEndpoint]
        check(made, others)
        others.append(made)
    servicer = ProviderServicer(_Provider(made), [], engine)
    response: pb.ConstructResponse = asyncio.run(servicer.Construct(request, None))
    return response


def _authorities(given: Properties) -> Mapping[str, object] | None:
    files = given.get("authorityFiles")
    if files is None:
        return None
    if problems := tuple(unknowns(files, "authorityFiles")):
        raise Refused(problems)
    return files if isinstance(files, Mapping) else {}


class _Provider(pulumi.provider.Provider):
    """Builds one component of one plan."""

    def __init__(self, made: Plan) -> None:
        super().__init__("")
        self._plan = made

    def construct(
        self, name: str, resource_type: str, inputs: Inputs, options: pulumi.ResourceOptions | None = None
    ) -> pulumi.provider.ConstructResult:
        try:
            component, outputs = _BUILDERS[resource_type](name, self._plan, inputs, options)
        except Refused as refused:
            raise pulumi.RunError(str(refused)) from None  # the SDK would add a traceback to any other exception
        return pulumi.provider.ConstructResult(urn=component.urn, state=dict(outputs))


def _control_plane(name: str, made: Plan, inputs: Inputs, opts: pulumi.ResourceOptions | None) -> Made:
    found = ControlPlane(
        name,
        plan=made,
        provided=cast("Provided | None", inputs.get("authorityFiles")),
        aws_provider=cast("Mapping[str, pulumi.Input[str]] | None", inputs.get("awsProvider")),
        opts=opts,
    )
    endpoint = made.endpoint
    return found, {"endpointName": endpoint.name, "endpointPort": endpoint.port, "authority": found.authority}


def _certificate_tree(name: str, made: Plan, inputs: Inputs, opts: pulumi.ResourceOptions | None) -> Made:
    found = CertificateTree(name, plan=made, provided=cast("Provided | None", inputs.get("authorityFiles")), opts=opts)
    return found, {"trust": found.trust}


def _etcd_cluster(name: str, made: Plan, _: Inputs, opts: pulumi.ResourceOptions | None) -> Made:
    return EtcdCluster(name, plan=made, opts=opts), {"members": [member.name for member in made.members]}


def _virtual_ip(name: str, made: Plan, _: Inputs, opts: pulumi.ResourceOptions | None) -> Made:
    return VirtualIp(name, plan=made, opts=opts), {"address": str(made.endpoint.address)}


def _load_balancer(name: str, made: Plan, inputs: Inputs, opts: pulumi.ResourceOptions | None) -> Made:
    from components.aws.load_balancer import ApiLoadBalancer  # noqa: PLC0415 -- the AWS SDK, only if it is needed

    subnets = Subnets(
        vpc_id=cast("str", inputs["vpcId"]),
        private=cast("Mapping[str, str]", inputs.get("privateSubnets") or {}),
        public=cast("Mapping[str, str]", inputs.get("publicSubnets") or {}),
    )
    group = cast("str", inputs["securityGroup"])
    found = ApiLoadBalancer(name, plan=made, subnets=subnets, security_group=group, after=(), opts=opts)
    return found, {"dnsName": found.balancer.dns_name, "targetGroup": found.group.arn}


_BUILDERS: Mapping[str, Callable[[str, Plan, Inputs, pulumi.ResourceOptions | None], Made]] = {
    CLUSTER: _control_plane,
    "quorate:pki:CertificateTree": _certificate_tree,
    "quorate:etcd:EtcdCluster": _etcd_cluster,
    "quorate:hosts:VirtualIp": _virtual_ip,
    "quorate:aws:ApiLoadBalancer": _load_balancer,
}
if missing := set(COMPONENTS) - set(_BUILDERS):
    raise AssertionError(f"the schema has components that are never built: {missing}")
