"""Problems with the form of an object, found without a server."""

from collections.abc import Iterator, Mapping

from provider.protocol.messages import Request
from provider.protocol.values import UNKNOWN, Properties
from workbench.stand_ins.kubernetes.kinds import Kind
from workbench.stand_ins.kubernetes.objects import at, mapping, text

MANAGER = "pulumi-kubernetes"
KEPT_MANAGER = "__fieldManager"  # where the official provider stores the field manager of an object


def manager(request: Request) -> str:
    """The field manager of the object: the one in its state, so that its fields keep their owner."""
    return text(request.state, KEPT_MANAGER) or MANAGER


def problems(kind: Kind, inputs: Properties) -> list[str]:
    """Every problem of these inputs; values that are not known yet are checked at the update."""
    return [*_type(kind, inputs), *_metadata(kind, inputs)]


def _type(kind: Kind, inputs: Properties) -> Iterator[str]:
    for name, wanted in (("apiVersion", kind.api_version), ("kind", kind.name)):
        if inputs.get(name) != wanted:
            yield f"{name} must be {wanted} for {kind.token}, not {inputs.get(name)!r}"


def _metadata(kind: Kind, inputs: Properties) -> Iterator[str]:
    metadata = inputs.get("metadata")
    if metadata == UNKNOWN:
        return
    if not isinstance(metadata, Mapping):
        yield "metadata must be given, with the object's name"
        return
    if not text(metadata, "name"):
        yield "metadata.name must be given: this stand-in generates no names"
    namespace = text(metadata, "namespace")
    if kind.namespaced and not namespace:
        yield f"metadata.namespace must be given: a {kind.name} is in a namespace"
    if not kind.namespaced and namespace:
        yield f"metadata.namespace must be left out: a {kind.name} is not in a namespace"
    for section in ("labels", "annotations"):
        if at(metadata, section) not in (None, UNKNOWN) and not isinstance(at(metadata, section), Mapping):
            yield f"metadata.{section} must be a mapping"
        for key, value in mapping(metadata, section).items():
            if not isinstance(value, str):
                yield f"metadata.{section}[{key!r}] must be a text, not {value!r}"
