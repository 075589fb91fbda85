"""EncryptionConfiguration: which resources are encrypted with what."""

from collections.abc import Iterator
from dataclasses import dataclass

from policies.parsers.yaml_documents import documents
from policies.properties import Properties

KIND = "EncryptionConfiguration"


@dataclass(frozen=True, kw_only=True, eq=False)
class Provider:
    """`identity`, `secretbox`, `aescbc`, `aesgcm` or `kms`; the properties hold keys and are never shown."""

    kind: str
    properties: Properties

    @property
    def secrets(self) -> Iterator[str]:
        """The keys, in base64."""
        return (key.text("secret") for key in self.properties.parts("keys"))


@dataclass(frozen=True, kw_only=True, eq=False)
class Entry:
    """Resources and their providers; the first provider encrypts what is written."""

    resources: tuple[str, ...]
    providers: tuple[Provider, ...]

    @property
    def wildcard(self) -> bool:
        """Whether it uses a wildcard."""
        return any("*" in resource for resource in self.resources)

    def covers(self, resource: str) -> bool:
        """Whether it covers a core resource."""
        return bool({resource, "*.", "*.*"} & set(self.resources))


def entries(text: str, urn: str) -> tuple[Entry, ...]:
    """Entries in order: the first that covers a resource is the one that counts."""
    return tuple(entry for document in documents(text, urn, KIND) for entry in of(document))


def of(document: Properties) -> Iterator[Entry]:
    """Entries of a mapping with `resources`, each with `resources` and `providers`."""
    for entry in document.parts("resources"):
        providers = tuple(
            Provider(kind=kind, properties=provider.part(kind))
            for provider in entry.parts("providers")
            for kind in provider.names()
        )
        yield Entry(resources=entry.texts("resources"), providers=providers)
