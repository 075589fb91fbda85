"""The port matrix: which clients may reach which port, and why. Everything else stays closed."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["clients", "operators", "tunnel", "balancers", "nodes", "workers", "pods", "self", "time-source"]


@dataclass(frozen=True, kw_only=True)
class Port:
    """One opening. `number` is None for a protocol without ports (VRRP is IP protocol 112)."""

    number: int | None
    protocol: Literal["tcp", "udp", "vrrp"]
    source: Role
    target: Role
    why: str
