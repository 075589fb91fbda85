"""Reads objects and compares them."""

from collections.abc import Mapping, Sequence

from provider.protocol.values import Properties, Value

ANNOTATIONS = "pulumi.com"


def at(value: Value, *path: str) -> Value:
    """The value at the path, or None."""
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def text(value: Value, *path: str) -> str:
    """The text at the path, or an empty one."""
    found = at(value, *path)
    return found if isinstance(found, str) else ""


def number(value: Value, *path: str) -> int:
    """The whole number at the path, or 0, because the API omits zeros."""
    found = at(value, *path)
    return found if isinstance(found, int) else 0


def mapping(value: Value, *path: str) -> Mapping[str, Value]:
    """The mapping at the path, or an empty one."""
    found = at(value, *path)
    return found if isinstance(found, Mapping) else {}


def items(value: Value, *path: str) -> list[Mapping[str, Value]]:
    """The mappings in the list at the path."""
    found = at(value, *path)
    listed = found if isinstance(found, Sequence) and not isinstance(found, str) else ()
    return [each for each in listed if isinstance(each, Mapping)]


def annotation(properties: Properties, name: str) -> str:
    """One of the provider's own annotations (pulumi.com/...)."""
    return text(properties, "metadata", "annotations", f"{ANNOTATIONS}/{name}")


def identity(properties: Properties) -> str:
    """`namespace/name`, or only the name, as in the official provider."""
    namespace, name = text(properties, "metadata", "namespace"), text(properties, "metadata", "name")
    return f"{namespace}/{name}" if namespace else name


def differing(old: Value, new: Value, at: str = "") -> list[str]:
    """Property paths at which two values differ; a list of another length is one difference."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return [path for key in sorted({*old, *new}) for path in differing(old.get(key), new.get(key), below(at, key))]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True))
        return [path for place, (one, other) in pairs for path in differing(one, other, f"{at}[{place}]")]
    return [] if old == new else [at]


def known(state: Properties) -> Properties:
    """The object of a state, without the plugin's own data (`__inputs` and others)."""
    return {name: value for name, value in state.items() if not name.startswith("__")}


def below(at: str, key: str) -> str:
    """The path of a key inside `at`, in the engine's notation."""
    if not key.replace("-", "").replace("_", "").isalnum():
        return f'{at}["{key}"]'
    return f"{at}.{key}" if at else key


def inside(path: str, prefix: str) -> bool:
    """Whether a property path is `prefix`, is below it, or is above it and so contains it."""
    return path == prefix or path.startswith((f"{prefix}.", f"{prefix}[")) or prefix.startswith(f"{path}.")
