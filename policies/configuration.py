"""What an environment's configuration file may set for a rule: level, thresholds, exemptions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase

from policies.rule import Level, Rule, Threshold

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]
EXEMPTIONS = "exemptions"
SCHEMA_OF_EXEMPTIONS: dict[str, JsonValue] = {
    "type": "array",
    "description": "Resources that are exempt from this rule, each with a reason and a last day",
    "items": {
        "type": "object",
        "properties": {
            "resource": {"type": "string", "minLength": 1, "description": "Name or URN; * stands for any text"},
            "reason": {"type": "string", "minLength": 10},
            "until": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "description": "Last day, YYYY-MM-DD"},
        },
        "required": ["resource", "reason", "until"],
        "additionalProperties": False,
    },
}


class Misconfigured(Exception):
    """The configuration file has a setting that no rule understands."""


@dataclass(frozen=True, kw_only=True)
class Exemption:
    """Exempts one resource from one rule, for a reason, until the end of a day. `resource` may contain `*`."""

    resource: str
    reason: str
    until: date

    def covers(self, urn: str) -> bool:
        """Whether the exemption covers the resource, by name or URN; `stack` means the stack as a whole."""
        names = (urn, urn.rsplit("::", 1)[-1]) if urn else ("stack",)
        return any(fnmatchcase(name, self.resource) for name in names)


@dataclass(frozen=True, kw_only=True)
class RuleSettings:
    """The configuration of one rule; None or empty if the file sets nothing."""

    level: Level | None = None
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    exemptions: tuple[Exemption, ...] = ()


Configuration = Mapping[str, RuleSettings]


def schema(rule: Rule) -> dict[str, JsonValue]:
    """JSON schema of each property that the rule's entry may have beside `enforcementLevel`."""
    return {**{name: _schema_of(value) for name, value in rule.thresholds.items()}, EXEMPTIONS: SCHEMA_OF_EXEMPTIONS}


def _schema_of(default: Threshold) -> JsonValue:
    if isinstance(default, bool):
        return {"type": "boolean", "default": default}
    if isinstance(default, int):
        return {"type": "integer", "minimum": 0, "default": default}
    if isinstance(default, str):
        return {"type": "string", "default": default}
    return {"type": "array", "items": {"type": "string"}, "default": list(default)}


def settings(rule: Rule, level: Level | None, given: Mapping[str, JsonValue]) -> RuleSettings:
    """Read one rule's entry. Raises `Misconfigured`; the engine has checked the schema, other callers have not."""
    unknown = sorted(set(given) - set(rule.thresholds) - {EXEMPTIONS})
    if unknown:
        allowed = ", ".join([*rule.thresholds, EXEMPTIONS])
        raise Misconfigured(f"{rule.id}: {', '.join(unknown)} is not a setting of this rule; it has {allowed}")
    thresholds = {name: _threshold(rule, name, value) for name, value in given.items() if name != EXEMPTIONS}
    listed = given.get(EXEMPTIONS) or []
    if not isinstance(listed, list):
        raise Misconfigured(f"{rule.id}: exemptions must be a list")
    return RuleSettings(
        level=level, thresholds=thresholds, exemptions=tuple(_exemption(rule, entry) for entry in listed)
    )


def _threshold(rule: Rule, name: str, value: JsonValue) -> Threshold:
    default = rule.thresholds[name]
    # JSON has one kind of number; the engine sends every one as a float.
    if isinstance(default, int) and not isinstance(default, bool) and isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(default, list) and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return [str(item) for item in value]
    if type(value) is type(default) and not isinstance(value, list):
        return value
    raise Misconfigured(f"{rule.id}: {name} must be like {default!r}, but is {value!r}")


def _exemption(rule: Rule, entry: JsonValue) -> Exemption:
    if not isinstance(entry, dict) or set(entry) != {"resource", "reason", "until"}:
        raise Misconfigured(f"{rule.id}: each exemption needs exactly resource, reason and until")
    try:
        until = date.fromisoformat(str(entry["until"]))
    except ValueError:
        raise Misconfigured(f"{rule.id}: until must be a day as YYYY-MM-DD, but is {entry['until']!r}") from None
    return Exemption(resource=str(entry["resource"]), reason=str(entry["reason"]), until=until)


def read(rules: Iterable[Rule], document: Mapping[str, JsonValue]) -> Configuration:
    """Read a whole configuration file: rule id to a level, or to a mapping with `enforcementLevel` and settings.

    `all` sets the level of every rule that has no entry of its own. Raises `Misconfigured`.
    """
    by_id = {rule.id: rule for rule in rules}
    unknown = sorted(set(document) - set(by_id) - {"all"})
    if unknown:
        raise Misconfigured(f"there is no rule {', '.join(unknown)}")
    everywhere = _level("all", document.get("all"))
    found = {id_: RuleSettings(level=everywhere) for id_ in by_id} if everywhere else {}
    for id_, entry in document.items():
        if id_ == "all":
            continue
        if isinstance(entry, dict):
            rest = {name: value for name, value in entry.items() if name != "enforcementLevel"}
            found[id_] = settings(by_id[id_], _level(id_, entry.get("enforcementLevel")) or everywhere, rest)
        else:
            found[id_] = RuleSettings(level=_level(id_, entry))
    return found


def _level(id_: str, text: JsonValue) -> Level | None:
    if text is None:
        return None
    try:
        return Level(text)
    except ValueError:
        levels = ", ".join(level.value for level in Level)
        raise Misconfigured(f"{id_}: the level must be one of {levels}, but is {text!r}") from None
