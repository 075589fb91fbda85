"""AWS machines: metadata service, user data, tags."""

import re
from collections.abc import Iterator

from policies.parsers.rancher import SERVER
from policies.remedies import INSTANCES, MANAGED_BY, in_scope, of_this_project
from policies.rule import Level, Scope, Severity, rule
from policies.scope import MACHINE, RESOURCE
from policies.stack import Stack
from policies.views.hosts import Host
from policies.views.machines import hosts
from policies.violation import Violation

# What grants access: a PEM private key, a kubeadm bootstrap token, a kubeadm certificate key.
_SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    # Only where a token is expected, because a name such as `server.internalcompanyz` has the same form.
    "a bootstrap token": re.compile(
        r"(?:--token|--discovery-token|--tls-bootstrap-token|\btoken)[\"']?[=:\s]{1,4}[\"']?[a-z0-9]{6}\.[a-z0-9]{16}(?![\w.])"
    ),
    "a certificate key": re.compile(r"certificate-?[kK]ey[\"']?[=:\s]+[\"']?[0-9a-f]{64}"),
}
# RKE2's and k3s' token is any text, and as good as a key of the cluster: the authorities are encrypted with it.
_CLUSTER_TOKEN = re.compile(
    r"(?:^[\"']?(?:agent-)?token[\"']?:[ \t]*|\b(?:K3S|RKE2)_TOKEN=|[ \t]--(?:agent-)?token[= \t])"
    r"[\"']?(?!template\b)[^\s\"'$`{<]{6,}",
    re.MULTILINE,
)


@rule(
    id="P36",
    title="The instance metadata service requires a token and allows one hop only",
    fix="Set metadataOptions to httpTokens: required and httpPutResponseHopLimit: 1.",
    evidence=MACHINE,
    severity=Severity.HIGH,
    level=Level.REMEDIATE,
    scope=Scope.RESOURCE,
    references=("CIS AWS Foundations: 5.6", "AWS Foundational Security: EC2.8"),
)
def metadata_tokens(stack: Stack) -> Iterator[Violation]:
    """Otherwise a pod, or a server-side request forgery, gets the machine's AWS credentials."""
    for host in hosts(stack):
        if host.role == "other":
            continue
        boot = [part for part in host.parts if part.type in INSTANCES]
        # An instance without its own options uses its template's.
        resource = next((part for part in boot if part.properties.has("metadataOptions")), next(iter(boot), None))
        if resource is None or resource.computed("metadataOptions"):
            continue
        options = resource.properties.part("metadataOptions")
        if options.text("httpEndpoint") == "disabled":
            continue
        wrong = ["responds without a token"] if options.text("httpTokens") != "required" else []
        if (options.number("httpPutResponseHopLimit") or 1) > 1:
            wrong.append("responds to pods (more than one hop)")
        if wrong:
            yield host.violation(f"the metadata service {' and '.join(wrong)}")


@rule(
    id="P37",
    title="User data holds no key and no token",
    fix="Let the machine fetch its keys from a secret store with its own role.",
    evidence=MACHINE,
    severity=Severity.CRITICAL,
    scope=Scope.RESOURCE,
    references=("AWS documentation: EC2 user data is not protected",),
)
def no_secrets_in_user_data(stack: Stack) -> Iterator[Violation]:
    """Every process on the machine, and everyone who can describe instances, can read user data."""
    for host in hosts(stack):
        if host.role != "other" and host.resource.type in INSTANCES:
            for what, pattern in (*_SECRETS.items(), *_tokens(host)):
                found = [path for path, text in _carried(host) if pattern.search(text)]
                if found:
                    yield host.violation(f"user data holds {what} in {', '.join(found)}")


def _tokens(host: Host) -> Iterator[tuple[str, re.Pattern[str]]]:
    if any(path.endswith(SERVER) for path in host.texts):
        yield "the cluster's token", _CLUSTER_TOKEN


def _carried(host: Host) -> Iterator[tuple[str, str]]:
    """Every text in user data, including key files."""
    yield from host.texts.items()
    for file in host.files.values():
        if file.content is not None and not file.secret and file.path not in host.texts:
            yield file.path, file.content


@rule(
    id="P101",
    title="AWS resources have a tag that names their manager",
    fix=f"Add the tag {MANAGED_BY} once, in the provider's defaultTags.",
    evidence=RESOURCE,
    severity=Severity.LOW,
    level=Level.REMEDIATE,
    scope=Scope.RESOURCE,
    references=("AWS Well-Architected: OPS tagging",),
)
def managed_by(stack: Stack) -> Iterator[Violation]:
    """A reader of the console must see that the resource is changed by the program, not by hand."""
    # Only what a remedy can correct: a machine that other resources put in scope has the tags that its team wants.
    machines = {p.urn: h.because for h in hosts(stack) if h.role != "other" for p in h.parts if in_scope(p)}
    for resource in stack.resources:
        if resource.urn not in machines and not of_this_project(resource.urn):
            continue
        if not resource.type.startswith("aws:") or not isinstance(resource.properties.raw("tags"), dict):
            continue
        every = resource.properties.raw("tagsAll")
        if MANAGED_BY not in {**(every if isinstance(every, dict) else {}), **resource.properties.part("tags").values}:
            what = f"there are tags, but none is {MANAGED_BY}"
            yield Violation(what=what, urn=resource.urn, because=machines.get(resource.urn, ""))
