"""The given configuration as plain data: text keys, finite numbers, and no deeper or larger than settings can be."""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite

from plan.refusal import Refusal, Refused

DEEPEST = 30  # levels; the settings have seven, and a chart's values follow a few more
LARGEST = 100_000  # values; a thousand workers need about five thousand
LARGEST_NUMBER = 10**20  # longer than the limit of any setting


def plain(mapping: Mapping[str, object]) -> dict[str, object]:
    """Copy the configuration into values that JSON can represent.

    Numbers that JSON cannot represent become text, so that they are refused with their path. Raises `Refused` for
    settings that are too deep or too large to be judged at all.
    """
    for count, (depth, _) in enumerate(_walk(mapping)):
        if depth > DEEPEST:
            raise Refused([_oversized(f"nested at most {DEEPEST} levels deep", "a deeper nesting")])
        if count > LARGEST:
            raise Refused([_oversized(f"at most {LARGEST} values in all", "more than that")])
    return {_text(str(key)): _plain(value) for key, value in mapping.items()}


def _walk(root: object) -> Iterator[tuple[int, object]]:
    """Every value with its depth, without recursion: a list may even contain itself."""
    waiting = [(1, root)]
    while waiting:
        depth, value = waiting.pop()
        yield depth, value
        inner: Sequence[object] = ()
        if isinstance(value, Mapping):
            inner = [*value.values()]
        elif isinstance(value, (list, tuple)):
            inner = value
        waiting += [(depth + 1, one) for one in inner]


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {_text(str(key)): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < LARGEST_NUMBER else "a number with too many digits"
    if isinstance(value, float):
        return value if isfinite(value) else {"inf": "infinity", "-inf": "-infinity"}.get(str(value), "not a number")
    return _text(str(value))


def _text(text: str) -> str:
    """Half of a surrogate pair is not a character; it is escaped, and the check of that text then refuses it."""
    return text.encode("utf-8", "backslashreplace").decode()


def _oversized(what: str, found: str) -> Refusal:
    why = "no environment needs that many settings; a YAML anchor that refers to itself is a common cause"
    return Refusal(at="the settings", what=what, found=found, why=why, fix="look for anchors (`&`) and aliases (`*`)")
