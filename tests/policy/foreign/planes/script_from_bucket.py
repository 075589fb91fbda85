"""User data that only runs a script from S3; the later nodes are set up by an SSM document with an association."""

import json

import pulumi
import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import setup
from tests.policy.foreign.parts.around import around
from tests.policy.foreign.parts.kubeadm import Kubeadm, files, here_documents

ENDPOINT, SCRIPTS = "api.tarn.acme.example", "acme-tarn-bootstrap"
FETCH = f"""\
#!/bin/bash
apt-get update && apt-get install -y awscli
aws s3 cp s3://{SCRIPTS}/first.sh /root/first.sh
bash /root/first.sh
"""
PARAMETER = "aws ssm get-parameter --with-decryption --query Parameter.Value --output text --name"
UPLOAD = """
command="$(kubeadm token create --ttl 2h --print-join-command)"
aws ssm put-parameter --overwrite --type SecureString --name /tarn/join --value "$command"
"""
JOIN = f"""\
until JOIN=$({PARAMETER} /tarn/join); do sleep 10; done
$JOIN --control-plane --certificate-key $({PARAMETER} /tarn/certificate-key)
"""


def program(*, bad: bool) -> None:
    """Three nodes; with the fault the script leaves every request allowed."""
    place = around("tarn", ENDPOINT)
    options = {"authorization-mode": "AlwaysAllow"} if bad else {}
    cluster = Kubeadm(name="tarn", endpoint=f"{ENDPOINT}:6443", api_server=options)
    common = "#!/bin/bash\nset -eu\n" + setup.HOST + setup.packages() + setup.etcd_disk()
    first = common + here_documents(files(0, cluster)) + cluster.command(0) + " --upload-certs" + UPLOAD
    bucket = aws.s3.Bucket("scripts", bucket=SCRIPTS)
    aws.s3.BucketObjectv2("first", bucket=bucket.id, key="first.sh", content=first + setup.backup(place.bucket, "tarn"))
    nodes = [place.node(n, text=None if n else FETCH) for n in range(3)]
    step = {"action": "aws:runShellScript", "name": "join", "inputs": {"runCommand": (common + JOIN).splitlines()}}
    content = json.dumps({"schemaVersion": "2.2", "description": "joins a node", "mainSteps": [step]})
    document = aws.ssm.Document("join", document_type="Command", document_format="JSON", content=content)
    later = pulumi.Output.all(*(node.id for node in nodes[1:]))
    aws.ssm.Association(
        "join", name=document.name, targets=[aws.ssm.AssociationTargetArgs(key="InstanceIds", values=later)]
    )
    place.behind(nodes)


PAIR = Pair(
    name="script-from-bucket-always-allow",
    program=program,
    idea="the script in the bucket lets the API server allow every request",
    expected=frozenset({"P59"}),
)
