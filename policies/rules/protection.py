"""What must not go by accident."""

from collections.abc import Iterator

from policies.rule import Severity, rule
from policies.rules.custody import signing_keys
from policies.stack import Stack
from policies.views.buckets import buckets
from policies.views.certificates import authorities
from policies.views.control_planes import environment
from policies.views.volumes import VOLUME, volumes
from policies.violation import Violation

KMS = "aws:kms/key:Key"


@rule(
    id="P85",
    title="What cannot be made again is protected",
    fix="Set protect on authorities and their keys, etcd volumes, buckets of backups and KMS keys.",
    severity=Severity.HIGH,
    references=("Pulumi documentation: protect",),
    thresholds={"disposable": ["local", "dev", "test"]},
)
def protected_state(stack: Stack, *, disposable: list[str]) -> Iterator[Violation]:
    """One wrong `destroy`, or one renamed resource, would delete them; nothing else brings them back."""
    if environment(stack) in disposable:
        return
    attached = {volume.resource.urn for volume in volumes(stack) if volume.own}
    keys = set(signing_keys(stack))
    stateful = [
        *((authority.resource, "authority") for authority in authorities(stack)),
        *((key, "key of an authority") for key in stack.resources if key.urn in keys),
        *((volume, "volume") for volume in stack.of(VOLUME) if volume.urn in attached),
        *((bucket.resource, "bucket of backups") for bucket in buckets(stack)),
        *((key, "KMS key") for key in stack.of(KMS)),
    ]
    for resource, what in stateful:
        if not resource.protect:
            yield resource.violation(f"the {what} {resource.name} is not protected")
