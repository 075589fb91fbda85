"""The components of the package that need no AWS."""

from components.certificate_tree import CertificateTree
from components.control_plane import ControlPlane
from components.etcd_cluster import EtcdCluster
from components.hosts.virtual_ip import VirtualIp
from quorate.inputs import ClusterArgs

__all__ = ["CertificateTree", "ClusterArgs", "ControlPlane", "EtcdCluster", "VirtualIp"]
