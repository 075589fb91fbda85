"""Keeps network load balancers in the recorded state: addresses in their zones, targets and their health."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from moto.ec2.models import EC2Backend, ec2_backends
from moto.elbv2.models import FakeAction, FakeLoadBalancer, FakeTargetGroup, elbv2_backends

from workbench.cloud import state
from workbench.cloud.balancer.plan import Check, Listener, Target, server
from workbench.cloud.balancer.process import Balancers
from workbench.cloud.log import say
from workbench.cloud.network.namespace import add_address
from workbench.cloud.state import Subnet

# A target gets its first connection 90 to 180 s after its registration on AWS.
REGISTRATION_SECONDS, FACTOR = 120.0, 0.05
HEALTHY, INITIAL, UNHEALTHY = "healthy", "initial", "unhealthy"


@dataclass(frozen=True, kw_only=True)
class Zone:
    """An address of a balancer."""

    balancer: str
    groups: tuple[str, ...]
    subnet: Subnet
    address: str


class BalancerKeeping:
    """`folder` holds HAProxy's files. `factor` shortens the delay of a registration."""

    def __init__(self, folder: Path, *, factor: float = FACTOR) -> None:
        self._process = Balancers(folder)
        self._delay = REGISTRATION_SECONDS * factor
        say(f"a target gets connections {self._delay:.0f} s after its registration: {factor:g} of the time on AWS")
        self._registered: dict[tuple[str, str], float] = {}
        self._addresses: dict[tuple[str, str], str] = {}
        self._listeners: list[Listener] = []
        self._health: dict[tuple[str, str], tuple[bool, str]] = {}

    def look(self) -> None:
        """Serve the recorded balancers. Raises CalledProcessError."""
        self._listeners = [listener for balancer, backend in _balancers() for listener in self._of(balancer, backend)]
        for zone in self.zones():
            add_address(zone.address)
        self._process.serve(self._listeners)
        self._health = self._process.health()

    def stop(self) -> None:
        """End all connections."""
        self._process.stop()

    def zones(self) -> list[Zone]:
        """All addresses of all balancers."""
        return [
            Zone(
                balancer=balancer.arn,
                groups=tuple(balancer.security_groups or ()),
                subnet=state.subnet(subnet.id, backend),
                address=self._address(balancer, state.subnet(subnet.id, backend), backend),
            )
            for balancer, backend in _balancers()
            for subnet in balancer.subnets
        ]

    def addresses(self, name: str) -> tuple[str, ...]:
        """Addresses of the balancer's name: in zones with a healthy target, or in all zones if there is none."""
        for balancer, _ in _balancers():
            if balancer.dns_name.lower() == name:
                mine = [zone.address for zone in self.zones() if zone.balancer == balancer.arn]
                serving = {each.address for each in self._listeners if self._any_healthy(each)}
                return tuple(address for address in mine if address in serving) or tuple(mine)
        return ()

    def target(self, group: str, address: str, port: int) -> tuple[str, str]:
        """State of a target of a group, and the reason."""
        registered = self._registered.get((group, f"{address}:{port}"))
        if registered is None or time.monotonic() < registered + self._delay:
            return INITIAL, "Target registration is in progress"
        name = _name(group)
        here = f"{address}:{port}"
        seen = [found for (listener, at), found in self._health.items() if listener.startswith(name) and at == here]
        if not seen:
            return INITIAL, "Initial health checks in progress"
        # Each zone checks by itself; a target is healthy if all zones report that it is.
        bad = [why for up, why in seen if not up]
        return (UNHEALTHY, f"Health checks failed: {bad[0]}") if bad else (HEALTHY, "")

    def _any_healthy(self, listener: Listener) -> bool:
        return any(self._health.get((listener.name, server(target)), (False, ""))[0] for target in listener.targets)

    def _of(self, balancer: FakeLoadBalancer, backend: EC2Backend) -> Iterator[Listener]:
        cross = str(balancer.attrs.get("load_balancing.cross_zone.enabled")).lower() == "true"
        for number, listener in enumerate(list(balancer.listeners.values())):
            group = _group(listener.default_actions, balancer)
            if group is None:
                continue
            targets = self._ready(group, backend)
            for zone in (zone for zone in self.zones() if zone.balancer == balancer.arn):
                mine = tuple(target for target in targets if cross or target.zone == zone.subnet.zone)
                yield Listener(
                    name=f"{_name(group.arn)}-{number}-{zone.subnet.zone}",
                    address=zone.address,
                    port=int(listener.port),
                    targets=mine,
                    check=_check(group),
                )

    def _ready(self, group: FakeTargetGroup, backend: EC2Backend) -> list[Target]:
        now, found = time.monotonic(), []
        for target in list(group.targets.values()):
            port = int(target["Port"])
            since = self._registered.setdefault((group.arn, f"{target['Id']}:{port}"), now)
            if now >= since + self._delay:
                found.append(Target(address=target["Id"], port=port, zone=_zone(target["Id"], backend)))
        present = {f"{target['Id']}:{target['Port']}" for target in list(group.targets.values())}
        for key in [key for key in self._registered if key[0] == group.arn and key[1] not in present]:
            del self._registered[key]
        return found

    def _address(self, balancer: FakeLoadBalancer, subnet: Subnet, backend: EC2Backend) -> str:
        """The highest free address: nodes use the low ones."""
        known = self._addresses.get((balancer.arn, subnet.id))
        if known is None:
            taken = {eni.private_ip_address for eni in list(backend.enis.values())} | set(self._addresses.values())
            last = int(subnet.cidr.broadcast_address) - 1
            known = next(str(IPv4Address(n)) for n in range(last, 0, -1) if str(IPv4Address(n)) not in taken)
            self._addresses[balancer.arn, subnet.id] = known
        return known


def _balancers() -> Iterator[tuple[FakeLoadBalancer, EC2Backend]]:
    for account, regions in list(elbv2_backends.items()):
        for region, backend in list(regions.items()):
            for balancer in list(backend.load_balancers.values()):
                if balancer.type == "network":
                    yield balancer, ec2_backends[account][region]


def _group(actions: list[FakeAction], balancer: FakeLoadBalancer) -> FakeTargetGroup | None:
    arn = next((str(action.data.get("TargetGroupArn")) for action in actions), "")
    for regions in list(elbv2_backends.values()):
        for backend in list(regions.values()):
            if balancer.arn in backend.load_balancers and arn in backend.target_groups:
                return backend.target_groups[arn]
    return None


def _zone(address: str, backend: EC2Backend) -> str:
    for eni in list(backend.enis.values()):
        if eni.private_ip_address == address:
            return str(eni.subnet.availability_zone)
    return ""


def _check(group: FakeTargetGroup) -> Check:
    port = str(group.health_check_port)
    return Check(
        protocol=str(group.health_check_protocol),
        path=group.health_check_path or "/",
        port=int(port) if port.isdigit() else 0,
        status=str(getattr(group, "matcher", {}).get("HttpCode", "200")),
        interval=int(group.health_check_interval_seconds),
        timeout=int(group.health_check_timeout_seconds),
        healthy=int(group.healthy_threshold_count),
        unhealthy=int(group.unhealthy_threshold_count),
    )


def _name(arn: str) -> str:
    return f"g-{arn.rpartition('/')[2]}"
