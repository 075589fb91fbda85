"""The steps that make a machine a control-plane node or a balancer; each says what it comes after."""

from node.etcd.cluster import Cluster
from node.machine import Machine
from node.step import Step
from node.steps.access import AccessStep
from node.steps.address import AddressStep
from node.steps.backup import BackupStep
from node.steps.balancer import BalancerStep
from node.steps.control_plane import ControlPlaneStep
from node.steps.etcd import EtcdStep
from node.steps.images import ImagesStep, StaticImagesStep
from node.steps.kubelet import KubeletStep
from node.steps.own_service import ApproverStep, LeadershipStep
from node.steps.pod_network import PodNetworkStep
from node.steps.programs import ProgramsStep
from node.steps.runtime import RuntimeStep
from node.steps.system import SystemStep
from node.steps.time import TimeStep
from node.steps.worker import WorkerStep


def steps(machine: Machine, cluster: Cluster | None) -> tuple[Step, ...]:
    """The steps of this machine's role. `cluster` is None on a dedicated balancer."""
    always: tuple[Step, ...] = (SystemStep(machine), TimeStep(machine), ProgramsStep(machine))
    manifest = machine.wanted.manifest
    front: list[Step] = []
    if manifest.balancer:
        front.append(BalancerStep(machine, manifest.balancer))
    if manifest.virtual_ip:
        front.append(AddressStep(machine))
    if manifest.role == "worker":
        return (*always, RuntimeStep(machine), ImagesStep(machine), PodNetworkStep(machine), WorkerStep(machine))
    if cluster is None:
        return (*always, *front)
    return (
        *always,
        RuntimeStep(machine),
        StaticImagesStep(machine),
        ImagesStep(machine),
        PodNetworkStep(machine),
        EtcdStep(machine, cluster),
        *front,
        KubeletStep(machine),
        ControlPlaneStep(machine),
        AccessStep(machine),
        ApproverStep(machine),
        LeadershipStep(machine),
        *((BackupStep(machine),) if machine.wanted.of(BackupStep.name) else ()),
    )
