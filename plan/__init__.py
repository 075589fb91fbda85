"""The plan: every address, name, member, certificate and port of a cluster, decided before anything is created.

Pure: nothing here imports Pulumi or calls a cloud, and only `plan.loading` reads files. `plan.make(settings)` is the
entry point.
"""

from plan.certificates.authorities import Authority
from plan.certificates.certificate import Certificate, Subject, Usage
from plan.cluster import Plan, make
from plan.members import Member
from plan.network.endpoint import Endpoint
from plan.network.ports import Port
from plan.nodes import Node
from plan.refusal import Refusal, Refused
from plan.settings import Settings

__all__ = [
    "Authority",
    "Certificate",
    "Endpoint",
    "Member",
    "Node",
    "Plan",
    "Port",
    "Refusal",
    "Refused",
    "Settings",
    "Subject",
    "Usage",
    "make",
]
