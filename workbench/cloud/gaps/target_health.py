"""Targets by address: healthy a moment after the instance behind the address runs, and only while it does."""

import time
from collections.abc import Callable

from moto.ec2.models import EC2Backend
from moto.elbv2.models import FakeHealthStatus, FakeTargetGroup

from workbench.cloud.replacing import instead_of

# A real target needs its probes; here the delay is long enough to make a program fail that does not wait.
SECONDS = 1.0


@instead_of(FakeTargetGroup, "health_for")
def health_for(
    original: Callable[..., FakeHealthStatus], self: FakeTargetGroup, target: dict[str, object], backend: EC2Backend
) -> FakeHealthStatus:
    """moto's health, reduced for an address without a running instance."""
    status = original(self, target, backend)
    if status.status != "healthy" or self.target_type != "ip":
        return status
    behind = [eni for eni in backend.enis.values() if eni.private_ip_address == target["Id"]]
    for eni in behind:
        if eni.vpc_id == self.vpc_id and eni.instance is not None and eni.instance.state == "running":
            started = eni.attach_time.timestamp() if eni.attach_time else 0.0
            if time.time() - started >= SECONDS:
                return status
            return _status(status, "initial", "Elb.InitialHealthChecking", "Initial health checks in progress")
    return _status(status, "unhealthy", "Target.FailedHealthChecks", "Health checks failed")


def _status(seen: FakeHealthStatus, state: str, reason: str, text: str) -> FakeHealthStatus:
    return FakeHealthStatus(seen.instance_id, seen.port, seen.health_check_port, state, reason, text)
