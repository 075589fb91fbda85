"""Kinds of bad values, tried on every setting there is: no number without limits, no text without a grammar."""

import copy
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

import pytest

from plan import Refused, make
from plan.loading.configuration import read
from plan.settings import Settings
from plan.settings.model import Model
from tests.unit.plan.complete import AWS, HOSTS

EVIL = ("a\nb", "a\0b", "a\u200bb", "\uff11\uff12", "x" * 5_000)
# Free texts: paths of the operator's disk, words of a command line, names of other systems. Printable ones are good.
FREE = (
    "key",
    "privateKeyPath",
    "manifest",
    "send",
    "viewers",
    "operators",
    "admins",
    "parameters",
    "proxyCommand",
    "chart",
)


def _values(given: object, at: str = "") -> Iterator[tuple[str, list[str | int], object]]:
    """Every value with its kind of path and its place."""
    yield from _inside(given, at, [])


def _inside(given: object, kind: str, place: list[str | int]) -> Iterator[tuple[str, list[str | int], object]]:
    if isinstance(given, Mapping):
        for key, one in given.items():
            yield from _inside(one, f"{kind}.{key}".lstrip("."), [*place, key])
    elif isinstance(given, list):
        for index, one in enumerate(given):
            yield from _inside(one, f"{kind}[]", [*place, index])
    else:
        yield kind, place, given


def _changed(base: Mapping[str, object], place: list[str | int], value: object) -> dict[str, object]:
    result = copy.deepcopy(dict(base))
    inner: object = result
    for key in place[:-1]:
        inner = inner[key]  # type: ignore[index]  # a list or a mapping, as the place says
    inner[place[-1]] = value  # type: ignore[index]
    return result


def _cases(*kinds: type) -> list[object]:
    found: dict[str, object] = {}
    for base in (HOSTS, AWS):
        for kind, place, value in _values(base):
            if type(value) in kinds:
                found.setdefault(kind, pytest.param(base, place, id=kind))
    return list(found.values())


@pytest.mark.parametrize(("base", "place"), _cases(int, float))
def test_every_number_has_limits(base: Mapping[str, object], place: list[str | int]) -> None:
    for value in (10**30, -(10**9), 1e308, float("inf"), float("nan")):
        with pytest.raises(Refused) as caught:
            read(_changed(base, place, value))
        assert any(one.at.endswith(str(place[-1])) or str(place[0]) in one.at for one in caught.value.refusals)


@pytest.mark.parametrize(("base", "place"), [c for c in _cases(str) if "chart.values" not in str(getattr(c, "id", ""))])
def test_every_text_has_a_grammar(base: Mapping[str, object], place: list[str | int]) -> None:
    free = any(part in FREE for part in place)
    for value in EVIL[: 3 if free else None]:
        with pytest.raises(Refused) as caught:
            read(_changed(base, place, value))
        assert str(caught.value).replace("\n", " ").isprintable()


def test_the_environments_of_these_tests_are_good_and_have_every_number_and_text() -> None:
    seen = {kind for base in (HOSTS, AWS) for kind, _, _ in _values(base)}
    for base in (HOSTS, AWS):
        assert make(read(base))
    wanted = set(_fields(Settings, ""))
    assert wanted - seen <= FILLED, wanted - seen


def _fields(model: type[Model], before: str) -> Iterator[str]:
    """Kinds of path of all numbers and texts, closed lists of words left out."""
    for name, field in model.model_fields.items():
        kind = f"{before}.{field.alias or name}".lstrip(".")
        yield from _types(field.annotation, kind)


def _types(annotation: object, kind: str) -> Iterator[str]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield from _fields(annotation, kind)
    elif annotation in (int, float, str):
        yield kind
    elif get_origin(annotation) is tuple:
        yield from _types(get_args(annotation)[0], f"{kind}[]")
    elif get_origin(annotation) in (UnionType, Union, Annotated):
        for one in get_args(annotation):
            yield from _types(one, kind)


# Filled by the program from files; and what the two environments cannot have beside their other settings.
FILLED = {
    "aws.access.endpointId",
    "aws.access.proxyPort",
    "addons.cloudController.image",
    "balancers[].hostKey",
    "certificates.chained[]",
    "localMachines.bridge",
    "localMachines.fleet",
    "localMachines.memoryMegabytes",
    "workers[].hostKey",
    *(f"artifacts.digests[].{key}" for key in ("path", "sha256", "release", "name", "version", "neededBy[]")),
}
