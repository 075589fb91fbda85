"""Every rule of the pack, in the order of their ids. One subject per file; new files are picked up automatically."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from policies.rule import Rule


def _rules() -> Iterator[Rule]:
    for module in iter_modules(__path__, f"{__name__}."):
        yield from (value for value in vars(import_module(module.name)).values() if isinstance(value, Rule))


def number(rule: Rule) -> int:
    """The number in the id: 7 for P07."""
    return int(rule.id[1:])


RULES: tuple[Rule, ...] = tuple(sorted(_rules(), key=number))
