"""Lists every setting with its type, default and meaning, from the settings' own types."""

from collections.abc import Iterator, Mapping

from plan.settings import Settings
from workbench.markdown import table

Schema = Mapping[str, object]


def reference() -> str:
    """Render one table: path in `Pulumi.<stack>.yaml` (below `quorate:`), type, default, meaning."""
    schema: Schema = Settings.model_json_schema(by_alias=True)
    return table(("setting", "type", "default", "meaning"), _rows(schema, schema, ""))


def _rows(schema: Schema, root: Schema, prefix: str) -> Iterator[tuple[str, str, str, str]]:
    required = _strings(schema.get("required"))
    for name, given in _mapping(schema.get("properties")).items():
        field = _resolved(_mapping(given), root)
        inner = _object(field, root)
        path = f"{prefix}{name}"
        if inner is None:
            default = "required" if name in required else _shown(_mapping(given).get("default"))
            yield f"`{path}`", _type(field, root), default, _text(_mapping(given).get("description"))
            continue
        listed = field.get("type") == "array" or any(
            _mapping(option).get("type") == "array" for option in _list(field.get("anyOf"))
        )
        yield from _rows(inner, root, f"{path}[]." if listed else f"{path}.")


def _object(field: Schema, root: Schema) -> Schema | None:
    """The object schema of a field: directly, in a list, or as one of its alternatives."""
    options = [field, *(_resolved(_mapping(o), root) for o in _list(field.get("anyOf")))]
    options += [_resolved(_mapping(o["items"]), root) for o in options if "items" in o]
    return next((o for o in options if o.get("type") == "object" and "properties" in o), None)


def _type(field: Schema, root: Schema) -> str:
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in _list(field["enum"]))
    if "const" in field:
        return f"`{field['const']}`"
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(_type(_resolved(_mapping(o), root), root) for o in _list(field["anyOf"])))
    if field.get("type") == "array":
        return f"list of {_type(_resolved(_mapping(field.get('items')), root), root)}"
    return str(field.get("format") or field.get("type") or "text")


def _resolved(field: Schema, root: Schema) -> Schema:
    reference_ = field.get("$ref")
    if not isinstance(reference_, str):
        return field
    return _mapping(_mapping(root["$defs"])[reference_.removeprefix("#/$defs/")])


def _shown(default: object) -> str:
    return "-" if default in (None, [], ()) else f"`{default}`"


def _mapping(value: object) -> Schema:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _strings(value: object) -> list[str]:
    return [str(entry) for entry in _list(value)]


def _text(value: object) -> str:
    return " ".join(str(value).split()) if value else ""
