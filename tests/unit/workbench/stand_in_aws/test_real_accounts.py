"""The stand-in manages nothing but an AWS on this computer."""

import json

import pytest

from provider.protocol.messages import Refused
from workbench.stand_ins.aws.configuration import check_emulated

HERE = "http://127.0.0.1:4566"


@pytest.mark.parametrize(
    ("endpoints", "variables"),
    [
        ([], {}),
        ([], {"AWS_ENDPOINT_URL": "https://ec2.eu-west-1.amazonaws.com"}),
        ([{"ec2": HERE, "s3": "https://s3.eu-west-1.amazonaws.com"}], {"AWS_ENDPOINT_URL": HERE}),
        ([{"ec2": HERE}], {"AWS_ENDPOINT_URL": "https://proxy.example"}),
    ],
)
def test_a_real_account_is_refused_with_what_to_install(
    endpoints: list[dict[str, str]], variables: dict[str, str]
) -> None:
    with pytest.raises(Refused, match=r"manage a real account.*--for aws"):
        check_emulated({"endpoints": json.dumps(endpoints)}, variables)


def test_an_aws_on_this_computer_is_managed() -> None:
    check_emulated({}, {"AWS_ENDPOINT_URL": HERE})
    check_emulated({"endpoints": json.dumps([{"ec2": HERE}])}, {})
