"""Encryption of Secrets in etcd.

The document holds the key, so in the first preview its text is not known. The control plane resource then lists what
the document will contain (`encryption`: the same mapping without keys); without either, the rules cannot be decided.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass

from policies.parsers.encryption import KIND, Entry, entries, of
from policies.parsers.yaml_values import Unreadable
from policies.properties import Undecidable
from policies.rule import Severity, rule
from policies.rules.custody import leaf_keys, signing_keys
from policies.scope import PLANE
from policies.stack import Stack
from policies.views.control_planes import control_planes
from policies.views.custody import holders
from policies.views.hosts import Host
from policies.views.machines import hosts
from policies.violation import Violation

OPTION = "encryption-provider-config"
SECRETBOX_BYTES = 32  # XSalsa20-Poly1305's key
DATA = "Kubernetes documentation: encrypting confidential data at rest"
CIS = ("CIS Kubernetes 1.12: 1.2.27", "CIS Kubernetes 1.12: 1.2.28")


@dataclass(frozen=True, kw_only=True, eq=False)
class Configured:
    """A host's configuration; `text`: None while it is not known."""

    host: Host
    entries: tuple[Entry, ...]
    text: str | None


def _plane_hosts(stack: Stack) -> Iterator[Host]:
    return (h for h in hosts(stack) if h.is_plane and (h.kubeadm.cluster.names() or h.flags("kube-apiserver")))


def _configured(stack: Stack) -> Iterator[Configured]:
    """Every host with the option.

    Raises Undecidable if neither the document nor the control plane shows its content.
    """
    said = [part for plane in control_planes(stack) if (part := plane.resource.properties.part("encryption")).names()]
    for host in _plane_hosts(stack):
        path = host.flags("kube-apiserver").get(OPTION, "")
        file = host.files.get(path)
        hidden = host.sealed if file is None else file.content is None
        if file is not None and file.content is not None:
            yield Configured(host=host, entries=_entries(file.content, host, path), text=file.content)
        elif path and hidden and said:
            yield Configured(host=host, entries=tuple(of(said[0])), text=None)
        elif path and hidden:
            raise Undecidable(f"secrets.{path}", host.resource.urn)
        elif path:
            found = [text for _, text in host.find(lambda text: KIND in text)]
            listed = tuple(entry for text in found for entry in _entries(text, host, path))
            # A file that is fetched when the machine boots cannot be read, but that the option names it can be judged.
            if listed:
                yield Configured(host=host, entries=listed, text="".join(found))


def _entries(text: str, host: Host, path: str) -> tuple[Entry, ...]:
    try:
        return entries(text, host.resource.urn)
    except Unreadable as error:
        raise Undecidable(f"files.{path}", host.resource.urn, str(error)) from None


@rule(
    id="P54",
    title="Secrets are encrypted in etcd",
    fix="Give the API server an EncryptionConfiguration for `secrets` whose first provider is secretbox or KMS v2.",
    evidence=PLANE,
    severity=Severity.CRITICAL,
    references=(*CIS, DATA),
)
def encrypted_secrets(stack: Stack) -> Iterator[Violation]:
    """Otherwise every snapshot, every backup and every stolen etcd disk exposes all passwords."""
    for host in _plane_hosts(stack):
        if not host.flags("kube-apiserver").get(OPTION):
            yield host.violation(f"the API server has no {OPTION}")
    for configured in _configured(stack):
        covering = [entry for entry in configured.entries if entry.covers("secrets")]
        if not covering:
            yield configured.host.violation("the configuration does not cover `secrets`")
        elif not covering[0].providers or covering[0].providers[0].kind == "identity":
            yield configured.host.violation("`secrets` are written by identity, which is plain text")


@rule(
    id="P55",
    title="Encryption at rest uses secretbox or KMS v2",
    fix="Use secretbox with a random key of 32 bytes, or KMS v2; rewrite all Secrets after the change.",
    evidence=PLANE,
    severity=Severity.HIGH,
    references=(CIS[1], DATA),
)
def sound_provider(stack: Stack) -> Iterator[Violation]:
    """aescbc is open to padding attacks, aesgcm breaks when a nonce repeats, KMS v1 is slow and deprecated."""
    for configured in _configured(stack):
        for provider in (provider for entry in configured.entries for provider in entry.providers):
            if provider.kind == "kms" and provider.properties.text("apiVersion") != "v2":
                yield configured.host.violation("the kms provider is not v2")
            elif provider.kind not in ("kms", "secretbox", "identity"):
                yield configured.host.violation(f"the provider {provider.kind} is used")
            if provider.kind == "secretbox" and configured.text is not None:
                lengths = {_length(key) for key in provider.secrets}  # none: the server makes its key itself
                if lengths - {SECRETBOX_BYTES}:
                    yield configured.host.violation(f"a secretbox key does not have {SECRETBOX_BYTES} bytes")


def _length(key: str) -> int:
    try:
        return len(base64.b64decode(key, validate=True))
    except (binascii.Error, ValueError):
        return -1


@rule(
    id="P56",
    title="Exceptions come before wildcards, and plain text is read only during a migration",
    fix="Move exceptions (such as events with identity) before `*.*`; remove a trailing identity "
    "once all Secrets are rewritten.",
    evidence=PLANE,
    severity=Severity.MEDIUM,
    references=(DATA,),
    thresholds={"trailingIdentity": True},
)
def effective_order(stack: Stack, **allowed: bool) -> Iterator[Violation]:
    """The first entry that fits a resource counts, so an exception after a wildcard has no effect."""
    for configured in _configured(stack):
        wildcard = False
        for entry in configured.entries:
            kinds = [provider.kind for provider in entry.providers]
            if wildcard and kinds[:1] == ["identity"]:
                yield configured.host.violation(
                    f"the exception for {', '.join(entry.resources)} comes after a wildcard"
                )
            if "identity" in kinds[1:] and not allowed["trailingIdentity"]:
                yield configured.host.violation("plain text is still read: identity is among the later providers")
            wildcard = wildcard or entry.wildcard


@rule(
    id="P57",
    title="All API servers have the same encryption configuration",
    fix="Render it once, from one key, for all nodes.",
    evidence=PLANE,
    severity=Severity.CRITICAL,
    references=(DATA,),
)
def same_encryption(stack: Stack) -> Iterator[Violation]:
    """An API server that lacks a key cannot read what the others wrote, and its clients see errors."""
    configured = list(_configured(stack))
    without = [host.name for host in _plane_hosts(stack) if not host.flags("kube-apiserver").get(OPTION)]
    if configured and without:
        yield configured[0].host.violation(f"encrypts, but {', '.join(without)} does not")
    known: dict[str, Host] = {}
    for each in configured:
        if each.text is not None:
            known.setdefault(each.text, each.host)
    if len(known) > 1:
        names = ", ".join(host.name for host in known.values())
        yield configured[0].host.violation(f"{len(known)} different encryption configurations ({names})")
    if any(c.text is None for c in configured):
        yield from _other_keys(stack)


def _other_keys(stack: Stack) -> Iterator[Violation]:
    """While the texts are unknown, find a key that no certificate uses and that only some nodes get."""
    used = {*leaf_keys(stack), *signing_keys(stack)}
    members = [holder for holder in holders(stack) if holder.plane]
    every = {urn for holder in members for urn in holder.keys} - used
    for holder in members:
        if holder.keys - used != every:
            what = f"{holder.name}: the texts are not known yet, and it does not get the same keys as the other nodes"
            yield holder.resource.violation(what)
