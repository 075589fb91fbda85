"""Reads the output of `pulumi preview --json --show-sames`."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import cast

from operations.environment import OperationFailed
from operations.review.change import Change, Changes, Kind
from policies.properties import UNKNOWN, Properties, Value
from policies.resources import Resource

# The engine's operations. It reports a replacement as one logical step; --show-replacement-steps adds both halves.
KINDS = {
    "same": Kind.SAME,
    "create": Kind.ADDED,
    "import": Kind.ADDED,
    "delete": Kind.REMOVED,
    "update": Kind.UPDATED,
    "replace": Kind.REPLACED,
    "create-replacement": Kind.REPLACED,
    "delete-replaced": Kind.REPLACED,
    "import-replacement": Kind.REPLACED,
}
OTHERS = frozenset({"read", "read-replacement", "refresh", "discard", "discard-replaced", "remove-pending-replace"})
# A deletion in addition to another step removes a copy that a failed update left behind.
RANK = (Kind.REMOVED, Kind.SAME, Kind.ADDED, Kind.UPDATED, Kind.REPLACED)
# The engine's JSON markers for a value of any type that is unknown before the update.
NOT_KNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SUMMED_UP = "preview failed"  # the engine's last line, after the reasons and the policies' findings
# The official language host adds this to the program's own report.
ENDED = "an unhandled error occurred: Program exited with non-zero exit code:"
KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
Json = Mapping[str, object]


def read(text: str, *, source: str) -> Changes:
    """The changes of a preview. `source` names it in errors. Raises `OperationFailed` if it is not a preview."""
    try:
        digest = json.loads(text)
    except ValueError as error:
        raise OperationFailed(
            f"{source} is not JSON ({error}); make it with `pulumi preview --json --show-sames`"
        ) from None
    if not isinstance(digest, dict) or not isinstance(digest.get("steps"), list):
        got = ", ".join(sorted(digest)) if isinstance(digest, dict) else type(digest).__name__
        raise OperationFailed(
            f"{source} is not a preview: it must have `steps`, it has {got or 'nothing'}; pass a plan with --plan"
        )
    steps = [cast("Json", step) for step in digest["steps"]]
    unknown = sorted({str(step["op"]) for step in steps} - KINDS.keys() - OTHERS)
    if unknown:
        raise OperationFailed(f"{source} has operations that this review does not know: {', '.join(unknown)}")
    return of_steps(steps, errors=tuple(_errors(digest.get("diagnostics"))))


def of_steps(steps: Iterable[Json], *, errors: tuple[str, ...] = (), blind: tuple[str, ...] = ()) -> Changes:
    """The changes from steps in the CLI's JSON form, in any order."""
    changes = _joined(steps)
    partly = any(c.kind is not Kind.ADDED for c in changes) and not any(c.kind is Kind.SAME for c in changes)
    return Changes(
        stack=next((c.resource.stack for c in changes), ""),
        all=changes,
        errors=errors,
        blind=(*blind, "resources that stay as they are: use --show-sames") if partly else blind,
    )


def _joined(steps: Iterable[Json]) -> tuple[Change, ...]:
    """Merge the steps of each URN: a replacement has several, and a leftover of a failed update adds one."""
    found: dict[str, Change] = {}
    for step in steps:
        if step["op"] in OTHERS:
            continue
        change = _change(step)
        known = found.get(change.urn)
        if known is None or RANK.index(change.kind) > RANK.index(known.kind):
            found[change.urn] = _together(change, known)
        else:
            found[change.urn] = _together(known, change)
    return tuple(found[urn] for urn in sorted(found))


def _together(main: Change, other: Change | None) -> Change:
    if other is None or main.kind is not Kind.REPLACED:
        return main
    return Change(
        urn=main.urn,
        kind=main.kind,
        before=main.before or other.before,
        after=main.after or other.after,
        paths=main.paths or other.paths,
        because=main.because or other.because,
        due=main.due or other.due,
    )


def _change(step: Json) -> Change:
    kind, urn = KINDS[str(step["op"])], str(step["urn"])
    old, new = _mapping(step.get("oldState")), _mapping(step.get("newState"))
    before = _resource(urn, old) if old and kind is not Kind.ADDED else None
    after = _resource(urn, new) if new and kind is not Kind.REMOVED else None
    if kind is Kind.SAME:
        before, after = before or after, after or before
    return Change(
        urn=urn,
        kind=kind,
        before=before,
        after=after,
        paths=tuple(sorted(_mapping(step.get("detailedDiff")) or _texts(step.get("diffReasons")))),
        because=tuple(sorted(_texts(step.get("replaceReasons")))),
        due=str(_mapping(old.get("outputs")).get("validityEndTime") or ""),
    )


def _resource(urn: str, state: Json) -> Resource:
    values = cast("dict[str, Value]", _known(state.get("inputs") or {}))
    depends = {name: frozenset(_texts(urns)) for name, urns in _mapping(state.get("propertyDependencies")).items()}
    return Resource(
        type=str(state.get("type") or urn.split("::")[2].rsplit("$", 1)[-1]),
        name=urn.split("::", 3)[3],
        urn=urn,
        properties=Properties(values=values, urn=urn),
        parent=str(state.get("parent") or ""),
        protect=state.get("protect") is True,
        depends=frozenset(_texts(state.get("dependencies"))),
        property_depends=depends,
    )


def _known(value: object) -> object:
    if value == NOT_KNOWN:
        return UNKNOWN
    if isinstance(value, str):
        return without_keys(value)
    if isinstance(value, dict):
        return {name: _known(each) for name, each in value.items()}
    return [_known(each) for each in value] if isinstance(value, list) else value


def without_keys(text: str) -> str:
    """Redact private keys: the engine hides only the values that the program marks as secret."""
    return KEY.sub("(a private key)", text)


def _errors(diagnostics: object) -> Iterable[str]:
    messages = [
        without_keys(str(one.get("message", ""))).strip().removeprefix("error: ")
        for one in (diagnostics if isinstance(diagnostics, list) else [])
        if isinstance(one, dict) and one.get("severity") == "error"
    ]
    own = [message for message in messages if message != SUMMED_UP]
    return [message for message in own if not message.startswith(ENDED)] or own


def _mapping(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()
