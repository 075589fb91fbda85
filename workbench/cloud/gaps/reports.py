"""Reports nodes as converged immediately, for a cloud whose instances are only records and never report."""

import hashlib
import json
import re
from collections.abc import Callable

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ec2.models import ec2_backends
from moto.s3.models import FakeKey, S3Backend
from moto.secretsmanager.models import secretsmanager_backends

from workbench.cloud.replacing import arguments, instead_of

BUCKET = re.compile(r"(?P<cluster>.+)-\d{12}-(?P<region>[a-z]+(-[a-z]+)+-\d)-files")
KEY = re.compile(r"nodes/(?P<node>[^/]+)/convergence\.json")


@instead_of(S3Backend, "get_object")
def get_object(
    original: Callable[..., FakeKey | None], self: S3Backend, *given: object, **named: object
) -> FakeKey | None:
    """Return a report of the node's current secret for every read of its report."""
    asked = arguments(original, self, *given, **named)
    bucket, key = BUCKET.fullmatch(str(asked["bucket_name"])), KEY.fullmatch(str(asked["key_name"]))
    if bucket and key and (text := _report(bucket["cluster"], bucket["region"], key["node"])):
        self.put_object(str(asked["bucket_name"]), str(asked["key_name"]), text.encode())
    return original(self, *given, **named)


def _report(cluster: str, region: str, node: str) -> str | None:
    secret = secretsmanager_backends[DEFAULT_ACCOUNT_ID][region].secrets.get(f"quorate/{cluster}/{node}")
    instance = _instance(cluster, region, node)
    if secret is None or instance is None:
        return None
    content = str(secret.versions[str(secret.default_version_id)]["secret_string"])
    digest = hashlib.sha256(content.encode()).hexdigest()
    return json.dumps({"digest": digest, "state": "converged", "instance": instance, "attempts": 0, "hostKeys": []})


def _instance(cluster: str, region: str, node: str) -> str | None:
    wanted = {"quorate:cluster": cluster, "quorate:node": node}
    for reservation in ec2_backends[DEFAULT_ACCOUNT_ID][region].reservations.values():
        for instance in reservation.instances:
            tags = {tag["key"]: tag["value"] for tag in instance.get_tags()}
            if instance.state == "running" and wanted.items() <= tags.items():
                return str(instance.id)
    return None
