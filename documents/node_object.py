"""The parts of the node's Kubernetes object that the plan decides."""

from documents.file import File
from documents.places import NODE
from documents.yaml_text import yaml_text
from plan import Node


def files(node: Node) -> tuple[File, ...]:
    """The object that the agent applies once the node has registered."""
    return (File(path=NODE, content=text(node), step="access"),)


def text(node: Node) -> str:
    """The ranges of the node's pods. They are write-once: a node object keeps its ranges for its whole life."""
    ranges = [str(network) for network in node.pod_ranges]
    spec = {"podCIDR": ranges[0], "podCIDRs": ranges}
    return yaml_text({"apiVersion": "v1", "kind": "Node", "metadata": {"name": node.name}, "spec": spec})
