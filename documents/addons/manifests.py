"""Every add-on that is switched on, and its objects: the input of `kubectl apply`."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from graphlib import TopologicalSorter
from typing import cast

from documents import addons
from documents.addons.add_on import AddOn
from documents.yaml_text import Document
from plan import Plan

AddOns = Callable[[Plan], Iterator[AddOn]]


def add_ons(plan: Plan) -> tuple[AddOn, ...]:
    """The add-ons that are on, each after the ones that it waits for. Charts are not included."""
    if not plan.settings.addons.enabled:
        return ()
    found = {add_on.key: add_on for offered in _offered() for add_on in offered(plan)}
    waits = {key: [other for other in (*one.after, *one.pods_after) if other in found] for key, one in found.items()}
    return tuple(found[key] for key in TopologicalSorter(waits).static_order())


def manifests(plan: Plan) -> Mapping[str, tuple[Document, ...]]:
    """Objects by the name of the add-on's file, without those that are issued while the program runs."""
    return {add_on.file or add_on.name: add_on.objects for add_on in add_ons(plan)}


@cache
def _offered() -> tuple[AddOns, ...]:
    modules = [importlib.import_module(f"{addons.__name__}.{m.name}") for m in pkgutil.iter_modules(addons.__path__)]
    return tuple(cast("AddOns", vars(m)["add_ons"]) for m in modules if "add_ons" in vars(m) and m.__name__ != __name__)
