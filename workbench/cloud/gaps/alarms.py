"""Evaluates CloudWatch's alarms from the stored data when they are described."""

import operator
from collections.abc import Callable, Iterable
from datetime import timedelta

from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow

from workbench.cloud.replacing import instead_of

COMPARED: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
OK, ALARM, UNKNOWN = "OK", "ALARM", "INSUFFICIENT_DATA"


@instead_of(CloudWatchResponse, "describe_alarms")
def describe_alarms(original: Callable[..., ActionResult], self: CloudWatchResponse) -> ActionResult:
    """Describe alarms with their current states."""
    backend = self.cloudwatch_backend
    for alarm in list(backend.alarms.values()):
        if alarm.metric_name and alarm.statistic and alarm.comparison_operator in COMPARED:
            state, reason = evaluate(alarm, backend)
            if state != alarm.state_value:
                alarm.update_state(reason, "{}", state)
    return original(self)


def evaluate(alarm: Alarm, backend: CloudWatchBackend) -> tuple[str, str]:
    """State and reason. Periods without data are treated as configured (CloudWatch User Guide, "Missing data")."""
    periods, period, now = int(alarm.evaluation_periods), int(alarm.period), utcnow()
    wanted = {dimension.name: dimension.value for dimension in alarm.dimensions}
    start = now - timedelta(seconds=period * periods)
    values: list[list[float]] = [[] for _ in range(periods)]
    for datum in backend.get_all_metrics():
        own = {dimension.name: dimension.value for dimension in datum.dimensions}
        at = datum.timestamp.replace(tzinfo=None)
        value = getattr(datum, "value", None)
        same = datum.namespace == alarm.namespace and datum.name == alarm.metric_name and own == wanted
        if same and start <= at <= now and value is not None:
            values[min(periods - 1, int((at - start).total_seconds() // period))].append(float(value))
    found = [_statistic(alarm.statistic, data) for data in values if data]
    missing = periods - len(found)
    breaching = sum(COMPARED[alarm.comparison_operator](value, alarm.threshold) for value in found)
    treated = alarm.treat_missing_data or "missing"
    breaching += missing if treated == "breaching" else 0
    if breaching >= (alarm.datapoints_to_alarm or periods):
        return ALARM, f"{breaching} of {periods} datapoints are beyond the threshold {alarm.threshold}"
    if not found and treated == "missing":
        return UNKNOWN, "there are no datapoints"
    if not found and treated == "ignore":
        return alarm.state_value, alarm.state_reason
    return OK, f"{breaching} of {periods} datapoints are beyond the threshold {alarm.threshold}"


def _statistic(name: str, data: Iterable[float]) -> float:
    values = list(data)
    match name:
        case "Sum":
            return sum(values)
        case "Minimum":
            return min(values)
        case "Maximum":
            return max(values)
        case "SampleCount":
            return float(len(values))
    return sum(values) / len(values)
