"""The steps that make a machine a control-plane node or a balancer; each names the steps that must run before it."""

from agent.etcd.cluster import Cluster
from agent.model.step import Step
from agent.steps.access import AccessStep
from agent.steps.address import AddressStep
from agent.steps.backup import BackupStep
from agent.steps.balancer import BalancerStep
from agent.steps.control_plane import ControlPlaneStep
from agent.steps.etcd import EtcdStep
from agent.steps.images import ImagesStep, StaticImagesStep
from agent.steps.kubelet import KubeletStep
from agent.steps.own_service import ApproverStep, LeadershipStep
from agent.steps.pod_network import PodNetworkStep
from agent.steps.programs import ProgramsStep
from agent.steps.runtime import RuntimeStep
from agent.steps.system import SystemStep
from agent.steps.time import TimeStep
from agent.steps.worker import WorkerStep
from agent.system.machine import Machine


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
    control_plane = ControlPlaneStep(machine)
    return (
        *always,
        RuntimeStep(machine),
        StaticImagesStep(machine),
        ImagesStep(machine),
        PodNetworkStep(machine),
        EtcdStep(machine, cluster),
        *front,
        KubeletStep(machine, due=control_plane.due),
        control_plane,
        AccessStep(machine),
        ApproverStep(machine),
        LeadershipStep(machine),
        *((BackupStep(machine),) if machine.wanted.of(BackupStep.name) else ()),
    )
