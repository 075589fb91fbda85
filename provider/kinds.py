"""Maps types to kinds. `quorate:aws:TargetHealth` is `kind(sessions)` in provider/aws/target_health.py.

Each module is imported when its type is first used, so a preview loads no other.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType
from typing import cast

import provider
from provider.hosts.session import Sessions
from provider.protocol.kind import Kind
from provider.protocol.messages import Refused

PACKAGE = "quorate"


class Kinds:
    """The resource kinds of this provider."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._made: dict[str, Kind] = {}

    def of(self, token: str) -> Kind:
        """The kind for a type such as `quorate:hosts:Node`. Raises `Refused` for any other."""
        if token not in self._made:
            module = _module(token)
            if module is None:
                raise Refused(f"the provider has no resource type {token!r}; it has {', '.join(_tokens())}")
            self._made[token] = cast("Kind", module.kind(self._sessions))
        return self._made[token]


def _module(token: str) -> ModuleType | None:
    package, _, rest = token.partition(":")
    room, _, name = rest.partition(":")
    if package != PACKAGE or not re.fullmatch(r"[a-z]+", room) or not re.fullmatch(r"[A-Za-z]+", name):
        return None
    try:
        module = importlib.import_module(f"{provider.__name__}.{room}.{_snake(name)}")
    except ModuleNotFoundError:
        return None
    return module if hasattr(module, "kind") else None


def _tokens() -> Iterator[str]:
    """Every type; only for the error message, because this imports every module."""
    for found in sorted(pkgutil.walk_packages(provider.__path__, f"{provider.__name__}."), key=lambda one: one.name):
        room, _, name = found.name.removeprefix(f"{provider.__name__}.").partition(".")
        if name and "." not in name and not name.startswith("__"):
            token = f"{PACKAGE}:{room}:{''.join(part.title() for part in name.split('_'))}"
            if _module(token) is not None:
                yield token


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", lambda found: f"_{found[1]}", name).lower()
