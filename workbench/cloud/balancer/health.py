"""Reports the health of targets from the balancers' checks, instead of moto's invented one."""

from collections.abc import Callable

from moto.ec2.models import EC2Backend
from moto.elbv2.models import FakeHealthStatus, FakeTargetGroup

from workbench.cloud.balancer.keeping import HEALTHY, INITIAL, BalancerKeeping
from workbench.cloud.replacing import instead_of

REASONS = {INITIAL: "Elb.InitialHealthChecking", HEALTHY: None}
_serving: list[BalancerKeeping] = []


def report(keeping: BalancerKeeping) -> None:
    """Use the health of targets from the balancers."""
    _serving[:] = [keeping]


@instead_of(FakeTargetGroup, "health_for")
def health_for(
    original: Callable[..., FakeHealthStatus], self: FakeTargetGroup, target: dict[str, object], backend: EC2Backend
) -> FakeHealthStatus:
    """Health of a registered target; moto reports the others."""
    if not _serving or self.target_type != "ip" or target["Id"] not in self.targets or not self.load_balancer_arns:
        return original(self, target, backend)
    port = int(str(self.targets[str(target["Id"])]["Port"]))
    state, text = _serving[0].target(self.arn, str(target["Id"]), port)
    reason = REASONS.get(state, "Target.FailedHealthChecks")
    return FakeHealthStatus(str(target["Id"]), str(port), self.health_check_port, state, reason, text or None)
