"""Reads the stack's configuration into settings that are known to make a plan."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import get_args

from pydantic import ValidationError

from plan.loading import form, local_files
from plan.loading.aws_defaults import DERIVED, derived
from plan.loading.container_defaults import completed
from plan.loading.json_text import as_json
from plan.loading.partial import partly_read
from plan.loading.plain import plain
from plan.loading.presets import PRESETS, merged
from plan.loading.presets import preset as defaults
from plan.refusal import Refusal, Refused
from plan.settings.cluster import Kind, Settings
from plan.validation import authorities
from plan.validation import problems as validation_problems
from plan.validation.authorities import AuthorityFiles
from plan.visible import shown


def read(mapping: Mapping[str, object]) -> Settings:
    """Settings from one nested mapping in camelCase; `preset` names the defaults underneath.

    Reads no file. Raises `Refused` with every problem: wrong types and keys, and failed checks of everything that could
    be read.
    """
    settings, problems = _judged(mapping)
    if problems:
        raise Refused(problems)
    return settings


def load(mapping: Mapping[str, object], directory: Path, authority_files: AuthorityFiles | None = None) -> Settings:
    """Like `read`, and with the files that the settings name: the SSH key, charts, the store's digests, authorities.

    Relative paths are relative to `directory`. Raises `Refused` with every problem of settings and files together.
    """
    settings, problems = _judged(mapping)
    problems.extend(local_files.problems(settings, directory))
    problems.extend(authorities.problems(settings, authority_files, now=datetime.now(tz=UTC)))
    if problems:
        raise Refused(problems)
    certificates = settings.certificates.model_copy(update={"chained": authorities.chained(authority_files)})
    aws = settings.aws
    if aws is not None and local_files.needs_public_key(settings):
        public = {"public_key": local_files.public_key(settings, directory)}
        aws = aws.model_copy(update={"access": aws.access.model_copy(update=public)})
    return with_digests(settings.model_copy(update={"certificates": certificates, "aws": aws}), directory)


def with_digests(settings: Settings, directory: Path) -> Settings:
    """The settings with the digests of their store's manifest. Raises `Refused`."""
    found = local_files.digests(settings, directory)
    return settings.model_copy(update={"artifacts": settings.artifacts.model_copy(update={"digests": found})})


def _judged(mapping: Mapping[str, object]) -> tuple[Settings, list[Refusal]]:
    """The settings and every problem; the settings are complete only if there are no wrong types or keys."""
    given = plain(mapping)
    preset, kind = given.get("preset"), given.get("kind", "hosts")
    under = defaults(preset, kind) if isinstance(preset, str) and preset in PRESETS else None
    whole = completed(merged(under or {}, given))
    if kind == "aws":
        whole = merged(derived(whole), whole)
    problems: list[Refusal] = []
    try:
        settings = Settings.model_validate_json(as_json(whole), strict=True, by_alias=True, by_name=False)
    except ValidationError as error:
        settings = partly_read(whole)
        problems.extend(_of_form(error, preset))
    problems.extend(validation_problems(settings))
    unknown_preset = preset is not None and under is None
    if unknown_preset or kind not in get_args(Kind):
        return settings, [one for one in problems if one.found != form.MISSING] or problems
    if kind == "aws":
        # A value that could not be derived is missing because of a problem that is reported already.
        problems = [r for r in problems if not (r.found == form.MISSING and r.at in DERIVED)] or problems
    return settings, problems


def _of_form(error: ValidationError, preset: object) -> Iterator[Refusal]:
    for refusal in form.problems(error):
        yield _no_such_preset(preset) if refusal.at == "preset" and isinstance(preset, str) else refusal


def _no_such_preset(preset: str) -> Refusal:
    near = get_close_matches(preset.lower(), PRESETS, n=1)
    return Refusal(
        at="preset",
        what=f"one of {', '.join(PRESETS)}",
        found=shown(preset),
        why="it selects the defaults of all other settings",
        fix=f"did you mean `{near[0]}`?" if near else "leave it out to set everything yourself",
    )
