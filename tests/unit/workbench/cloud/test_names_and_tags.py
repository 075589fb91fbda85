import urllib.request
import uuid
from urllib.parse import quote

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.unit.workbench.cloud.conftest import REGION, Aws, Network


def test_a_zone_for_a_vpc_is_private(aws: Aws, network: Network) -> None:
    made = aws.client("route53").create_hosted_zone(
        Name="quorate.internal", CallerReference=str(uuid.uuid4()), VPC={"VPCRegion": REGION, "VPCId": network.vpc}
    )
    assert made["HostedZone"]["Config"]["PrivateZone"] is True


def test_a_zone_for_no_vpc_is_public(aws: Aws) -> None:
    made = aws.client("route53").create_hosted_zone(Name="quorate.example", CallerReference=str(uuid.uuid4()))
    assert made["HostedZone"]["Config"]["PrivateZone"] is False


def test_tags_of_a_backup_vault_are_read_without_a_slash_at_the_end(aws: Aws) -> None:
    made = aws.client("backup").create_backup_vault(BackupVaultName=uuid.uuid4().hex, BackupVaultTags={"cluster": "c"})
    request = AWSRequest("GET", f"{aws.endpoint}/tags/{quote(made['BackupVaultArn'], safe='')}")
    SigV4Auth(Credentials("emulated", "emulated"), "backup", REGION).add_auth(request)
    prepared = request.prepare()
    with urllib.request.urlopen(urllib.request.Request(prepared.url, headers=dict(prepared.headers.items()))) as answer:  # noqa: S310 -- loopback
        assert b'"cluster": "c"' in answer.read()
