"""Values from a YAML parser's events, within limits and without recursion, with the line of every key."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import yaml

from policies.parsers.limits import DIGITS, NESTING, NODES
from policies.properties import Value

_WHOLE = re.compile(rf"[-+]?(?:0|[1-9][0-9]{{0,{DIGITS - 1}}})")
_DECIMAL = re.compile(rf"[-+]?[0-9]{{1,{DIGITS}}}\.[0-9]{{0,{DIGITS}}}")
_WORDS: dict[str, Value] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **{form(word): True for word in ("yes", "true", "on") for form in (str.lower, str.upper, str.title)},
    **{form(word): False for word in ("no", "false", "off") for form in (str.lower, str.upper, str.title)},
}


class Unreadable(ValueError):
    """A document is not what it claims to be. The message names the place in the text, never the text."""


class Located(dict[str, Value]):
    """A mapping that knows the line (from 1) on which each of its keys is written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}


class Budget:
    """Counts nodes and levels of plain values."""

    def __init__(self) -> None:
        self.left = NODES

    def spend(self, nodes: int, depth: int) -> None:
        """Count nodes at a depth. Raises `Unreadable` beyond a limit."""
        self.left -= nodes
        if self.left < 0:
            raise Unreadable(f"it has more than {NODES} nodes")
        if depth > NESTING:
            raise Unreadable(f"it is nested deeper than {NESTING} levels")

    def plain(self, value: Value, depth: int) -> Value:
        """The value with every text encodable: JSON may contain half of a surrogate pair."""
        self.spend(1, depth)
        if isinstance(value, str):
            return encodable(value)
        if isinstance(value, list):
            return [self.plain(item, depth + 1) for item in value]
        if isinstance(value, dict):
            return {encodable(name): self.plain(item, depth + 1) for name, item in value.items()}
        return value


def encodable(text: str) -> str:
    """The text, with question marks for what UTF-8 cannot encode."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


@dataclass
class _Open:
    """A mapping or sequence that is being read."""

    value: dict[str, Value] | list[Value]
    anchor: str | None
    nodes: int = 1
    key: str | None = None
    waits: bool = False  # a key was read, its value was not
    merges: list[dict[str, Value]] = field(default_factory=list)


class Builder(Budget):
    """Builds documents from the parser's events without recursion."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Value, int]] = {}

    def documents(self, events: Iterable[yaml.Event]) -> Iterator[Value]:
        """The documents of a stream, one after the other. Raises `Unreadable`."""
        root: Value = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                self.stack, self.anchors, root = [], {}, None
            elif isinstance(event, yaml.DocumentEndEvent):
                yield root
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._open(event)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                closed = self.stack.pop()
                _merge(closed)
                self._anchored(closed.anchor, closed.value, closed.nodes)
                root = self._placed(closed.value, closed.nodes, _line(event), keep_line=True)
            elif isinstance(event, yaml.ScalarEvent):
                self.spend(1, len(self.stack))
                scalar = _scalar(event)
                self._anchored(event.anchor, scalar, 1)
                root = self._placed(scalar, 1, _line(event))
            elif isinstance(event, yaml.AliasEvent):
                root = self._repeated(event)

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        self.spend(1, len(self.stack) + 1)
        fresh: dict[str, Value] | list[Value] = Located() if isinstance(event, yaml.MappingStartEvent) else []
        top = self.stack[-1] if self.stack else None
        if top and top.waits and isinstance(top.value, Located) and top.key is not None:
            top.value.lines[top.key] = _line(event) + 1
        self.stack.append(_Open(value=fresh, anchor=event.anchor))

    def _anchored(self, anchor: str | None, value: Value, nodes: int) -> None:
        if anchor:
            self.anchors[anchor] = (value, nodes)

    def _repeated(self, event: yaml.AliasEvent) -> Value:
        if event.anchor not in self.anchors:
            raise Unreadable(f"an alias without an anchor in line {_line(event) + 1}")
        value, nodes = self.anchors[event.anchor]
        self.spend(nodes, len(self.stack))
        return self._placed(value, nodes, _line(event))

    def _placed(self, value: Value, nodes: int, line: int, *, keep_line: bool = False) -> Value:
        """Add a finished value to the open mapping or sequence; returns the value itself if none is open."""
        if not self.stack:
            return value
        top = self.stack[-1]
        top.nodes += nodes
        if isinstance(top.value, list):
            top.value.append(value)
        elif not top.waits:
            top.key = _key(value)
            top.waits = True
        else:
            top.waits = False
            if top.key == "<<" and isinstance(value, dict | list):
                top.merges += [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, dict)]
            elif top.key is not None:
                top.value[top.key] = value
                if isinstance(top.value, Located) and not (keep_line and top.key in top.value.lines):
                    top.value.lines[top.key] = line + 1
        return None


def _line(event: yaml.Event) -> int:
    return event.start_mark.line if event.start_mark else 0


def _key(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else "" if value is None or isinstance(value, dict | list) else str(value)


def _merge(closed: _Open) -> None:
    if isinstance(closed.value, dict):
        for other in closed.merges:
            closed.value.update({name: value for name, value in other.items() if name not in closed.value})


def _scalar(event: yaml.ScalarEvent) -> Value:
    text: str = event.value
    if event.style or event.tag or not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text
