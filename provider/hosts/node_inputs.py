"""The inputs of a node resource."""

import json
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from provider.hosts import connection
from provider.hosts.connection import Connection
from provider.protocol.values import UNKNOWN, Properties, Value

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")  # RFC 1123 label, the host's name in Kubernetes and etcd
_MODES = range(0o10000)


@dataclass(frozen=True, kw_only=True)
class PlacedFile:
    """A file on the node. `path` is absolute, `mode` as for chmod, `step` the agent's step that owns it."""

    path: str
    content: str = field(repr=False)
    mode: int
    step: str


@dataclass(frozen=True, kw_only=True)
class NodeInputs:
    """Complete inputs. `manifest` is the agent's node.json.

    `admission`: for a worker, the control-plane nodes that may admit it.
    """

    connection: Connection
    manifest: str = field(repr=False)
    files: tuple[PlacedFile, ...]
    secrets: tuple[PlacedFile, ...]
    generation: str
    admission: tuple[Connection, ...] = ()


def node_inputs(values: Properties, *, host_key: str | None) -> NodeInputs:
    """Read checked inputs; all values are known. `host_key`: from the first contact, for inputs without a key."""
    reach = {"hostKey": host_key, **_given(values["connection"])}
    return NodeInputs(
        connection=connection.connection(str(values["name"]), reach),
        manifest=str(values["manifest"]),
        files=_placed(values.get("files")),
        secrets=_placed(values.get("secrets")),
        generation=str(values.get("generation") or ""),
        admission=tuple(connection.connection(str(d["name"]), _given(d)) for _, d in _doors(values.get("admission"))),
    )


def problems(values: Properties) -> Iterator[str]:
    """Every problem. Skips UNKNOWN values; repeats no file's content."""
    name = values.get("name")
    if name != UNKNOWN and not (isinstance(name, str) and _NAME.fullmatch(name)):
        yield f"name must be lower-case letters, digits and inner hyphens, 63 at most; got {name!r}"
    yield from connection.problems(values.get("connection"), "connection")
    for at, door in _doors(values.get("admission")):
        yield from connection.problems(dict(door), at)
    yield from _manifest_problems(values.get("manifest"))
    generation = values.get("generation")
    if generation is not None and not isinstance(generation, str):
        yield f"generation must be a string that changes with every new disk; got {type(generation).__name__}"
    files, secrets = values.get("files"), values.get("secrets")
    yield from _file_problems(files, "files")
    yield from _file_problems(secrets, "secrets")
    if isinstance(files, Mapping) and isinstance(secrets, Mapping):
        for path in sorted(files.keys() & secrets.keys()):
            yield f"{path} is in files and in secrets; it can have only one content"
    for file, values_ in _entries(secrets):
        mode = values_.get("mode")
        if isinstance(mode, int) and mode & 0o007:
            yield f'secrets["{file}"].mode lets every user of the host read a secret; use 0600, or 0640 with a group'


def _manifest_problems(manifest: Value) -> Iterator[str]:
    if manifest == UNKNOWN:
        return
    try:
        parsed = json.loads(manifest) if isinstance(manifest, str) else None
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        yield "manifest must be the node's description as the text of a JSON object"


def _file_problems(files: Value, where: str) -> Iterator[str]:
    if files in (None, UNKNOWN):
        return
    if not isinstance(files, Mapping):
        yield f"{where} must be a mapping of absolute paths to content, mode and step"
        return
    for path, file in files.items():
        at = f'{where}["{path}"]'
        if not path.startswith("/") or posixpath.normpath(path) != path or path == "/" or not path.isprintable():
            yield f"{at}: a file's path must be absolute, without `..`, doubled or trailing slashes"
        if file == UNKNOWN:
            continue
        if not isinstance(file, Mapping):
            yield f"{at} must have content, mode and step"
            continue
        if not isinstance(file.get("content"), str):
            yield f"{at}.content must be a string"
        mode = file.get("mode")
        if mode != UNKNOWN and not (isinstance(mode, int) and not isinstance(mode, bool) and mode in _MODES):
            yield f"{at}.mode must be a number from 0 to 0o7777; got {mode!r}"
        if not isinstance(file.get("step"), str) or not file.get("step"):
            yield f"{at}.step must be the name of the agent's step that owns the file"


def _doors(admission: Value) -> Iterator[tuple[str, Mapping[str, Value]]]:
    if isinstance(admission, Sequence) and not isinstance(admission, str):
        for number, door in enumerate(admission):
            if isinstance(door, Mapping):
                yield f"admission[{number}]", door


def _entries(files: Value) -> Iterator[tuple[str, Mapping[str, Value]]]:
    if isinstance(files, Mapping):
        yield from ((path, file) for path, file in files.items() if isinstance(file, Mapping))


def _placed(files: Value) -> tuple[PlacedFile, ...]:
    return tuple(
        PlacedFile(path=path, content=str(file["content"]), mode=int(str(file["mode"])), step=str(file["step"]))
        for path, file in _entries(files)
    )


def _given(values: Value) -> Properties:
    return {name: value for name, value in values.items() if value is not None} if isinstance(values, Mapping) else {}
