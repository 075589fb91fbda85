"""Problems of form: unknown keys, wrong types, missing settings, in the user's own words and paths."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.model import Model
from plan.visible import secret, shown

MISSING = "missing"
EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number",
    "finite_number": "a number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "a text",
    "tuple_type": "a list",
    "model_type": "a section of settings",
    "dict_type": "a section of settings",
    "mapping_type": "a section of settings",
    "too_short": "a list that is not empty",
    "string_pattern_mismatch": "a path inside the store, or a digest of 64 hexadecimal digits",
    "json_invalid": "settings that can be written as JSON",
}


def problems(error: ValidationError) -> Iterator[Refusal]:
    """One refusal for each of pydantic's findings."""
    for found in error.errors(include_url=False):
        yield _unknown(found) if found["type"] == "extra_forbidden" else _wrong(found)


def _unknown(found: ErrorDetails) -> Refusal:
    """A key that no setting has. Its value is not repeated: it may be a misplaced password."""
    *section, key = found["loc"]
    known = sorted(_keys_at(section))
    near = get_close_matches(str(key), known, n=1)
    elsewhere = sorted(path for path in _paths(Settings) if path.rpartition(".")[2] == key)
    if near:
        fix = f"did you mean `{near[0]}`?"
    elif elsewhere:
        fix = f"did you mean `{'` or `'.join(elsewhere)}`?"
    else:
        fix = f"remove it, or use one of: {', '.join(known)}"
    return Refusal(
        at=path_text(found["loc"]),
        what="a known setting",
        found="an unknown key",
        why="a misspelt setting would silently leave the default in effect",
        fix=fix,
    )


def _wrong(found: ErrorDetails) -> Refusal:
    kind, context = found["type"], found.get("ctx", {})
    at = path_text(found["loc"])
    if kind == "missing":
        why = "it has no default, because it differs in every environment"
        return Refusal(at=at, what="set", found=MISSING, why=why, fix=f"set {at}")
    what = expected(found)
    return Refusal(
        at=at,
        what=what,
        found=shown(found["input"]),
        why="no other value has a meaning here",
        fix=_fix(kind, what, found["input"], context),
    )


def expected(found: ErrorDetails) -> str:
    """The expected value for pydantic's finding, in plain words."""
    choices = str(found.get("ctx", {}).get("expected", "")).replace("'", "`")
    return EXPECTED.get(found["type"]) or choices or found["msg"]


def _fix(kind: str, what: str, given: object, context: Mapping[str, object]) -> str:
    if isinstance(given, str) and secret(given):
        return "remove it here and treat it as leaked: settings are not secret"
    near = get_close_matches(str(given).lower(), _options(context), n=1) if kind == "literal_error" else []
    if near:
        return f"did you mean `{near[0]}`?"
    hint = ", in quotes, because YAML would otherwise read a number" if kind == "string_type" and _number(given) else ""
    return f"use {what}{hint}"


def _options(context: Mapping[str, object]) -> list[str]:
    return str(context.get("expected", "")).split("'")[1::2]


def path_text(place: tuple[str | int, ...]) -> str:
    """A path as the user writes it: `nodes[1].address`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".") or "the settings"


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _keys_at(section: list[str | int]) -> set[str]:
    model: type[Model] | None = Settings
    for part in section:
        if isinstance(part, str) and model is not None:
            model = _sections(model).get(part)
    return {field.alias or name for name, field in model.model_fields.items()} if model else set()


def _sections(model: type[Model]) -> Mapping[str, type[Model]]:
    """The keys whose value is a model, an optional model or a list of models."""
    found: dict[str, type[Model]] = {}
    for name, field in model.model_fields.items():
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, Model):
                found[field.alias or name] = kind
    return found


def _paths(model: type[Model], before: str = "") -> Iterator[str]:
    sections = _sections(model)
    for name, field in model.model_fields.items():
        key = field.alias or name
        yield f"{before}{key}"
        if key in sections:
            yield from _paths(sections[key], f"{before}{key}.")
