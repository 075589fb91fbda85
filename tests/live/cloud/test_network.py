"""Who reaches whom on the emulated AWS: pods in other zones, Services and names; not the metadata; and outsiders."""

import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from workbench.lab.aws.environment import API_PORT, NODES, Environment
from workbench.lab.aws.instances import Instances
from workbench.lab.machines import CommandFailed, at_once
from workbench.lab.pods import pod, reaches
from workbench.lab.wait import NotYet, until
from workbench.lab.workload import NAME, Refused, Workload, load, serving, write_image

pytestmark = pytest.mark.drill
ANSWER_SECONDS = 30.0
ARCHIVE = "/run/workload.tar"
OUTSIDER = {"outsider": "10.20.0.210"}
# Everything that listens on a control-plane node, and some ports that often do.
PORTS = (22, 53, 80, 111, 443, 2379, 2380, 2381, 6443, 8080, 9100, 10249, 10250, 10256, 10257, 10259)
METADATA = "http://169.254.169.254/latest"
TOKEN = ("curl", "--silent", "--show-error", "--fail", "--max-time", "4", "--request", "PUT", f"{METADATA}/api/token")
LIFETIME = ("--header", "X-aws-ec2-metadata-token-ttl-seconds: 60")
OPEN = """import socket, sys
def is_open(address, port):
    with socket.socket() as made:
        made.settimeout(0.7)
        return made.connect_ex((address, port)) == 0
print(*(port for port in map(int, sys.argv[2:]) if is_open(sys.argv[1], port)))
"""


@pytest.fixture(scope="module")
def workload(environment: Environment) -> Iterator[Workload]:
    with tempfile.NamedTemporaryFile() as file:
        write_image(cast("BinaryIO", file))
        file.flush()
        content = Path(file.name).read_bytes()
    at_once(lambda name: environment.instances.write(name, ARCHIVE, content), NODES)
    load(environment.instances, ARCHIVE)
    with serving(environment.kubeconfig, environment.instances) as made:
        yield made


@pytest.fixture(scope="module")
def outsider(environment: Environment) -> Iterator[Instances]:
    """An instance in a subnet of the VPC that is in none of the cluster's groups."""
    ec2 = environment.client("ec2")
    nodes = [{"Name": "private-ip-address", "Values": [NODES["cp1"]]}]
    (node,) = ec2.describe_instances(Filters=nodes)["Reservations"][-1]["Instances"]
    name = f"outsider-{secrets.token_hex(4)}"
    group = ec2.create_security_group(GroupName=name, Description="of a test", VpcId=node["VpcId"])["GroupId"]
    interface = ec2.create_network_interface(
        SubnetId=node["SubnetId"], PrivateIpAddress=OUTSIDER["outsider"], Groups=[group]
    )["NetworkInterface"]["NetworkInterfaceId"]
    ec2.run_instances(
        ImageId=node["ImageId"],
        InstanceType=node["InstanceType"],
        MinCount=1,
        MaxCount=1,
        NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": interface}],
    )
    machines = Instances(addresses=OUTSIDER, fleet=environment.instances.fleet, ec2=ec2)
    try:
        # What it does not reach later is closed, and not out of reach because its own network is not up yet.
        api = environment.vpc.addresses(environment.site.endpoint.host)[0]
        until("the outsider reaches the API", lambda: _reaches(machines, api), seconds=60, every=0.5)
        yield machines
    finally:
        machines.wipe("outsider")
        ec2.delete_network_interface(NetworkInterfaceId=interface)
        ec2.delete_security_group(GroupId=group)


def _reaches(machines: Instances, address: str) -> None:
    if API_PORT not in open_ports(machines, address):
        raise NotYet(f"{address}:{API_PORT} does not answer")


def open_ports(machines: Instances, address: str) -> set[int]:
    """The ports of an address on which something answers the outsider."""
    shown = machines.run("outsider", "python3", "-c", OPEN, address, *map(str, PORTS), seconds=60)
    return {int(port) for port in shown.split()}


def test_a_pod_reaches_a_pod_in_another_zone_and_shows_its_own_address(environment: Environment) -> None:
    with pod(environment, "cp1") as first, pod(environment, "cp3") as third:
        first.serve()
        third.serve()
        reaches(first, third, seconds=ANSWER_SECONDS)
        reaches(third, first, seconds=ANSWER_SECONDS)


@pytest.mark.parametrize("node", NODES)
def test_a_service_answers_by_its_name_in_every_zone_with_each_of_its_pods(workload: Workload, node: str) -> None:
    wanted, seen = set(workload.pods.values()), set[str]()

    def every_pod_has_answered() -> None:
        try:
            seen.add(workload.ask(node, "get", f"http://{NAME}.default.svc.cluster.local/"))
        except Refused as refused:
            raise NotYet(str(refused)) from None
        if seen != wanted:
            raise NotYet(f"{sorted(seen)} of {sorted(wanted)}")

    until(f"each pod answers {node}", every_pod_has_answered, seconds=ANSWER_SECONDS)


def test_a_pod_trusts_the_api_at_its_services_address_and_by_its_name(workload: Workload) -> None:
    for server in ("10.96.0.1", "kubernetes.default.svc"):
        assert workload.ask("cp2", "get", f"https://{server}/readyz") == "ok"


def test_a_pod_resolves_names_of_the_cluster_and_of_the_vpc(workload: Workload) -> None:
    assert "Address: 10.96.0.1" in workload.ask("cp3", "nslookup", "kubernetes.default").splitlines()
    assert workload.ask("cp3", "resolve", "s3.eu-west-1.amazonaws.com")


@pytest.mark.parametrize("node", NODES)
def test_a_pod_gets_no_session_of_the_metadata_service_and_its_node_does(environment: Environment, node: str) -> None:
    assert environment.instances.run(node, *TOKEN, *LIFETIME)
    with pod(environment, node) as one, pytest.raises(CommandFailed):
        one.run(*TOKEN, *LIFETIME)


@pytest.mark.parametrize("node", NODES)
def test_a_machine_outside_the_groups_reaches_no_port_of_a_node(outsider: Instances, node: str) -> None:
    assert open_ports(outsider, NODES[node]) == set()


def test_a_machine_outside_the_groups_reaches_the_api_of_the_balancer_and_nothing_else(
    environment: Environment, outsider: Instances
) -> None:
    addresses = environment.vpc.addresses(environment.site.endpoint.host)
    assert len(addresses) == len(NODES), "one in each zone"
    for address in addresses:
        assert open_ports(outsider, address) == {API_PORT}
