"""Properties of a resource as rules read them: typed, lenient about spelling, strict about unknown values."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


class Unknown:
    """Placeholder for a value that only the update will know."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN = Unknown()
Value = None | bool | int | float | str | Unknown | list["Value"] | dict[str, "Value"]


def written(value: Value) -> str:
    """A value as it is written in a document: `true` for a flag, '' for null."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


class Undecidable(Exception):
    """A rule needs a value that is not known during preview, or a document that cannot be read.

    `path` is the property, as in `tags.Name`; `reason` says why it cannot be used.
    """

    def __init__(self, path: str, urn: str, reason: str = "it is not known in a preview") -> None:
        super().__init__(path)
        self.path = path
        self.urn = urn
        self.reason = reason


@dataclass(frozen=True, kw_only=True, eq=False)
class Properties:
    """A mapping of a resource. Readers raise `Undecidable` for an unknown; a missing value reads as empty."""

    values: Mapping[str, Value]
    urn: str
    path: str = ""
    secrets: frozenset[str] = field(default_factory=frozenset)  # paths of secrets

    def at(self, name: str) -> str:
        """The path of one property below this one."""
        return f"{self.path}.{name}" if self.path else name

    def names(self) -> tuple[str, ...]:
        """Every property that is set, null or not."""
        return tuple(self.values)

    def raw(self, name: str) -> Value:
        """The raw value, which may be unknown."""
        return self.values.get(name)

    def known(self, name: str) -> bool:
        """Whether the value itself (not everything inside it) is known now."""
        return not isinstance(self.values.get(name), Unknown)

    def has(self, name: str) -> bool:
        """Whether a value is set; an unknown counts as set."""
        return self.values.get(name) is not None

    def is_secret(self, name: str) -> bool:
        """Whether the value, or a value that contains it, is a secret."""
        path = self.at(name)
        return any(path == secret or path.startswith((f"{secret}.", f"{secret}[")) for secret in self.secrets)

    def text(self, name: str) -> str:
        """A text; numbers and flags in their written form, '' if missing."""
        value = self._read(name)
        return "" if isinstance(value, list | dict) else written(value)

    def number(self, name: str) -> float | None:
        """A finite number, or one written as text; None for anything else."""
        value = self._read(name)
        if isinstance(value, bool) or value is None or isinstance(value, list | dict | Unknown):
            return None
        try:
            number = float(value)
        except (ValueError, OverflowError):
            return None
        if not math.isfinite(number):
            return None
        return int(number) if number.is_integer() else number

    def flag(self, name: str, *, missing: bool = False) -> bool:
        """A flag, or one written as text; `missing` if it is not set."""
        value = self._read(name)
        if value is None:
            return missing
        return value.lower() == "true" if isinstance(value, str) else bool(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts. A single text counts as a list of one."""
        value = self._read(name)
        items = value if isinstance(value, list) else [] if value is None else [value]
        for index, item in enumerate(items):
            if isinstance(item, Unknown):
                raise Undecidable(f"{self.at(name)}[{index}]", self.urn)
        return tuple(str(item) for item in items if item is not None)

    def part(self, name: str) -> "Properties":
        """A nested mapping, empty when it is missing. A list of one mapping counts as that mapping."""
        parts = self.parts(name)
        return parts[0] if parts else self._below({}, self.at(name))

    def parts(self, name: str) -> tuple["Properties", ...]:
        """A list of mappings. A single mapping counts as a list of one."""
        value = self._read(name)
        if isinstance(value, dict):
            return (self._below(value, self.at(name)),)
        found = []
        for index, item in enumerate(value if isinstance(value, list) else []):
            path = f"{self.at(name)}[{index}]"
            if isinstance(item, Unknown):
                raise Undecidable(path, self.urn)
            if isinstance(item, dict):
                found.append(self._below(item, path))
        return tuple(found)

    def entries(self, name: str) -> Iterator[tuple[str, "Properties"]]:
        """A mapping of names to mappings."""
        value = self._read(name)
        for key, item in (value if isinstance(value, dict) else {}).items():
            path = f"{self.at(name)}.{key}"
            if isinstance(item, Unknown):
                raise Undecidable(path, self.urn)
            if isinstance(item, dict):
                yield key, self._below(item, path)

    def _read(self, name: str) -> Value:
        value = self.values.get(name)
        if isinstance(value, Unknown):
            raise Undecidable(self.at(name), self.urn)
        return value

    def _below(self, values: Mapping[str, Value], path: str) -> "Properties":
        return Properties(values=values, urn=self.urn, path=path, secrets=self.secrets)
