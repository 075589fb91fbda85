"""AWS machines: metadata service, user data, tags."""

import re
from collections.abc import Iterator

from policies.remedies import INSTANCES, MANAGED_BY
from policies.rule import Level, Scope, Severity, rule
from policies.stack import Stack
from policies.views.machines import hosts
from policies.violation import Violation

# What grants entry: a PEM private key, a kubeadm bootstrap token, a kubeadm certificate key.
_SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a bootstrap token": re.compile(r"(?<![\w.])[a-z0-9]{6}\.[a-z0-9]{16}(?![\w.])"),
    "a certificate key": re.compile(r"certificate-?[kK]ey[\"']?[=:\s]+[\"']?[0-9a-f]{64}"),
}


@rule(
    id="P36",
    title="The instance metadata service wants a token and answers one hop only",
    fix="Set metadataOptions to httpTokens: required and httpPutResponseHopLimit: 1.",
    severity=Severity.HIGH,
    level=Level.REMEDIATE,
    scope=Scope.RESOURCE,
    references=("CIS AWS Foundations: 5.6", "AWS Foundational Security: EC2.8"),
)
def metadata_tokens(stack: Stack) -> Iterator[Violation]:
    """Otherwise a pod, or a request that a server is tricked into, gets the machine's AWS credentials."""
    for resource in stack.of(*INSTANCES):
        options = resource.properties.part("metadataOptions")
        if options.text("httpEndpoint") == "disabled":
            continue
        if options.text("httpTokens") != "required":
            yield resource.violation("the metadata service answers without a token")
        if (options.number("httpPutResponseHopLimit") or 1) > 1:
            yield resource.violation("the metadata service answers pods: more than one hop")


@rule(
    id="P37",
    title="No key or token travels in user data",
    fix="Let the machine fetch its keys from a secret store with its own role.",
    severity=Severity.CRITICAL,
    scope=Scope.RESOURCE,
    references=("AWS documentation: EC2 user data is not protected",),
)
def no_secrets_in_user_data(stack: Stack) -> Iterator[Violation]:
    """Every process on the machine, and everyone who may describe instances, can read user data."""
    for host in hosts(stack):
        if host.resource.type in INSTANCES:
            for what, pattern in _SECRETS.items():
                found = [path for path, text in host.texts.items() if pattern.search(text)]
                if found:
                    yield host.violation(f"{what} is in {found[0]}")


@rule(
    id="P101",
    title="AWS resources say who manages them",
    fix=f"Add a tag {MANAGED_BY}, in one place with the provider's defaultTags.",
    severity=Severity.LOW,
    level=Level.REMEDIATE,
    scope=Scope.RESOURCE,
    references=("AWS Well-Architected: OPS tagging",),
)
def managed_by(stack: Stack) -> Iterator[Violation]:
    """Whoever finds a resource in the console must see that it is changed by the program, not by hand."""
    for resource in stack.resources:
        if not resource.type.startswith("aws:") or not isinstance(resource.properties.raw("tags"), dict):
            continue
        if MANAGED_BY not in {**resource.properties.part("tagsAll").values, **resource.properties.part("tags").values}:
            yield resource.violation(f"there are tags, but none is {MANAGED_BY}")
