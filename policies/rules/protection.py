"""What must not be deleted by accident."""

from collections.abc import Iterator

from policies.rule import Severity, rule
from policies.rules.custody import signing_keys
from policies.scope import KEPT
from policies.stack import Stack
from policies.views.buckets import buckets
from policies.views.control_planes import environment
from policies.views.etcd import running_members
from policies.views.purposes import authorities
from policies.views.volumes import volumes_by_machine
from policies.violation import Violation

KMS = "aws:kms/key:Key"


@rule(
    id="P85",
    title="What cannot be recreated is protected",
    fix="Set protect on authorities and their keys, buckets of backups and KMS keys (P17 looks at etcd's volumes).",
    evidence=KEPT,
    severity=Severity.HIGH,
    references=("Pulumi documentation: protect",),
    thresholds={"disposable": ["local", "dev", "test"]},
)
def protected_state(stack: Stack, *, disposable: list[str]) -> Iterator[Violation]:
    """One wrong `destroy`, or one renamed resource, would delete them; they cannot be recovered."""
    if environment(stack) in disposable:
        return
    keys = set(signing_keys(stack))
    stateful = [
        *((authority.resource, "authority") for authority in authorities(stack)),
        *((key, "key of an authority") for key in stack.resources if key.urn in keys),
        *((bucket.resource, "bucket of backups") for bucket in buckets(stack)),
        *((key, "KMS key") for key in stack.of(KMS) if key.urn in _encrypting(stack)),
    ]
    for resource, what in stateful:
        if not resource.protect:
            yield resource.violation(f"the {what} {resource.name} is not protected")


def _encrypting(stack: Stack) -> set[str]:
    """KMS keys without which a member's volume or a backup cannot be read."""
    found: set[str] = set()
    for host in running_members(stack):
        for volume in volumes_by_machine(stack).get(host.resource.urn, ()):
            found |= volume.resource.sources("kmsKeyId")
    for bucket in buckets(stack):
        for companion in (bucket.resource, *bucket.companions):
            for name in ("rules", "serverSideEncryptionConfiguration"):
                found |= companion.sources(name)
    return found
