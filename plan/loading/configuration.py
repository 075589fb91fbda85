"""From the stack's configuration to settings that are known to make a plan."""

from collections.abc import Mapping
from difflib import get_close_matches

from pydantic import ValidationError

from plan.loading import form as shape
from plan.loading.aws_defaults import DERIVED, derived
from plan.loading.json_text import as_json
from plan.loading.partial import partly_read
from plan.loading.presets import PRESETS, merged
from plan.loading.presets import preset as defaults
from plan.refusal import Refusal, Refused
from plan.settings.cluster import Settings
from plan.validation import problems as out_of_bounds


def read(mapping: Mapping[str, object]) -> Settings:
    """Settings from one nested mapping in camelCase; `preset` names the defaults underneath.

    Raises `Refused` with every problem that was found: of form, and beyond form in everything that could be read.
    """
    preset, kind = mapping.get("preset"), mapping.get("kind")
    under = defaults(preset, kind) if isinstance(preset, str) and preset in PRESETS else None
    whole = merged(under or {}, mapping)
    if kind == "aws":
        whole = merged(derived(whole), whole)
    try:
        settings = Settings.model_validate_json(as_json(whole), strict=True, by_alias=True, by_name=False)
        found: list[Refusal] = []
    except ValidationError as error:
        settings = partly_read(whole)
        found = [_no_such_preset(preset)] if isinstance(preset, str) and under is None else []
        found.extend(refusal for refusal in shape.problems(error) if refusal.at != "preset" or not found)
    found.extend(out_of_bounds(settings))
    if kind == "aws":
        # What could not be derived is missing because of something that is reported already.
        found = [r for r in found if not (r.got == "missing" and r.at in DERIVED)] or found
    if found:
        raise Refused(found)
    return settings


def _no_such_preset(preset: str) -> Refusal:
    near = get_close_matches(preset, PRESETS, n=1)
    return Refusal(
        at="preset",
        bound=f"one of {', '.join(PRESETS)}",
        got=repr(preset),
        why="it says which defaults lie underneath",
        fix=f"did you mean `{near[0]}`?" if near else "leave it out to set everything yourself",
    )
