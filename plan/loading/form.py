"""Problems of form: unknown keys, wrong types, missing settings, in the user's own words and paths."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.model import Model

LONGEST = 80  # characters of a wrong value that are shown
EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "finite_number": "a number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "a text",
    "tuple_type": "a list",
    "model_type": "a section of settings",
    "dict_type": "a section of settings",
}


def problems(error: ValidationError) -> Iterator[Refusal]:
    """One refusal for each of pydantic's findings."""
    for found in error.errors(include_url=False):
        yield _unknown(found) if found["type"] == "extra_forbidden" else _wrong(found)


def _unknown(found: ErrorDetails) -> Refusal:
    """A key that nothing reads. Its value is not repeated: it may be a password that went astray."""
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
        bound="a known setting",
        got=f"the unknown key `{key}`",
        why="a misspelt setting would silently leave the default in force",
        fix=fix,
    )


def _wrong(found: ErrorDetails) -> Refusal:
    kind, context = found["type"], found.get("ctx", {})
    at = path_text(found["loc"])
    if kind == "missing":
        why = "it has no default: it is different in every environment"
        return Refusal(at=at, bound="given", got="missing", why=why, fix=f"set {at}")
    bound = EXPECTED.get(kind) or context.get("expected") or found["msg"]
    got = found["input"]
    hint = " (quote it, so that YAML does not read a number)" if kind == "string_type" and _number(got) else ""
    return Refusal(
        at=at,
        bound=str(bound),
        got=_short(got),
        why="a value of another kind has no meaning here",
        fix=f"give {bound}{hint}",
    )


def path_text(place: tuple[str | int, ...]) -> str:
    """A place as the user writes it: `nodes[1].address`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".") or "the settings"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _keys_at(section: list[str | int]) -> set[str]:
    model: type[Model] | None = Settings
    for part in section:
        if isinstance(part, str) and model is not None:
            model = _sections(model).get(part)
    return {field.alias or name for name, field in model.model_fields.items()} if model else set()


def _sections(model: type[Model]) -> Mapping[str, type[Model]]:
    """The keys below which there is a model, alone, optional or in a list."""
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
