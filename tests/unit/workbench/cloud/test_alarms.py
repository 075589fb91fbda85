from tests.unit.workbench.cloud.conftest import Aws


def alarm(aws: Aws, name: str, *, silence: str = "missing") -> None:
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="Quorate",
        MetricName=name,
        Dimensions=[{"Name": "Node", "Value": "cp1"}],
        Statistic="Maximum",
        ComparisonOperator="GreaterThanThreshold",
        Threshold=12,
        Period=3600,
        EvaluationPeriods=1,
        TreatMissingData=silence,
    )


def put(aws: Aws, name: str, value: float, *, node: str = "cp1") -> None:
    datum = {"MetricName": name, "Dimensions": [{"Name": "Node", "Value": node}], "Value": value}
    aws.client("cloudwatch").put_metric_data(Namespace="Quorate", MetricData=[datum])


def state(aws: Aws, name: str) -> str:
    found: str = aws.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["StateValue"]
    return found


def test_a_figure_beyond_the_threshold_raises_the_alarm_of_its_node_only(aws: Aws) -> None:
    alarm(aws, "Age")
    assert state(aws, "Age") == "INSUFFICIENT_DATA"
    put(aws, "Age", 40, node="cp2")
    assert state(aws, "Age") == "INSUFFICIENT_DATA"
    put(aws, "Age", 3)
    assert state(aws, "Age") == "OK"
    put(aws, "Age", 13)
    assert state(aws, "Age") == "ALARM"


def test_silence_raises_an_alarm_that_treats_it_so(aws: Aws) -> None:
    alarm(aws, "Silent", silence="breaching")
    assert state(aws, "Silent") == "ALARM"
