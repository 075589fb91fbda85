"""Writes the types of settings for programs that import Quorate, from the settings' own types."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from plan.settings import Settings
from quorate.schema import title

PLACE = Path(__file__).resolve().parent.parent / "quorate" / "inputs.pyi"
SIMPLE = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
    "object": "Mapping[str, object]",
}
Schema = Mapping[str, object]


def text() -> str:
    """The stub file."""
    whole = Settings.model_json_schema(by_alias=True)
    definitions = whole["$defs"]
    sections = [(f"{title(name)}Args", found) for name, found in sorted(definitions.items())]
    lines: list[str] = [
        "# Made by: python -m docs.generate",
        "from collections.abc import Mapping, Sequence",
        "from typing import Literal, Required, TypedDict",
        "",
    ]
    for name, found in [*sections, ("ClusterArgs", whole)]:
        lines += _class(name, found)
    return "\n".join(lines)


def _class(name: str, found: Schema) -> Iterator[str]:
    fields = found["properties"]
    yield f"class {name}(TypedDict, total=False):"
    for field, kind in fields.items() if isinstance(fields, Mapping) else ():
        python = _python(kind)
        # Presets and the AWS section decide the rest; the plan reports what is still missing.
        needed = (name, field) == ("ClusterArgs", "cluster")
        yield f"    {field}: {f'Required[{python}]' if needed else python}"
    yield ""


def _python(field: object) -> str:
    match field:
        case {"$ref": str(reference)}:
            return f"{title(reference.removeprefix('#/$defs/'))}Args"
        case {"enum": list(values)}:
            return f"Literal[{', '.join(json.dumps(value) for value in values)}]"
        case {"anyOf": list(options)}:
            return " | ".join(_python(option) for option in options)
        case {"type": "array", "items": items}:
            return f"Sequence[{_python(items)}]"
        case {"type": str(kind)}:
            return SIMPLE[kind]
    return "object"
