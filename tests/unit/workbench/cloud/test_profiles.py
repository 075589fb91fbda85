from tests.unit.workbench.cloud.conftest import Aws


def test_a_profile_tells_its_tags_and_none_when_it_has_none(aws: Aws) -> None:
    iam = aws.client("iam")
    iam.create_instance_profile(InstanceProfileName="plain")
    iam.create_instance_profile(InstanceProfileName="tagged", Tags=[{"Key": "team", "Value": "platform"}])
    assert iam.list_instance_profile_tags(InstanceProfileName="plain")["Tags"] == []
    assert iam.list_instance_profile_tags(InstanceProfileName="tagged")["Tags"] == [
        {"Key": "team", "Value": "platform"}
    ]
