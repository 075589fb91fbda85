"""Namespaces whose quota and bounds let something run, and groups that are groups (requirements ADD-13 to 15, 24)."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from plan.addons.workload import workloads
from plan.quantities import millicores, octets
from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.namespaces import Amounts, ManagedNamespace
from plan.settings.syntax import is_label

Reading = Callable[[str], int | None]
SYSTEM = ("default", "kube-system", "kube-public", "kube-node-lease")


def names(settings: Settings) -> Iterator[Refusal]:
    """DNS labels, each once, none of Kubernetes' own."""
    addons = settings.addons
    listed = [(f"addons.namespaces[{index}].name", space.name) for index, space in enumerate(addons.namespaces)]
    of_addons = [("addons.externalDns.namespace", addons.external_dns.namespace)]
    of_addons.append(("addons.certManager.namespace", addons.cert_manager.namespace))
    for at, name in (*listed, *of_addons):
        if not is_label(name):
            why = "it is part of the DNS name of every Service in it"
            yield Refusal(at=at, bound="a DNS label", got=repr(name), why=why, fix="letters, digits and `-`")
        elif name in SYSTEM or name.startswith("kube-"):
            why = "a quota or default-deny there would stop the cluster's own parts"
            yield Refusal(at=at, bound="a namespace of your own", got=name, why=why, fix="choose another name")
    for index, (at, name) in enumerate(listed):
        if name in [other for _, other in listed[:index]]:
            why = "it can have one quota and one set of bounds"
            yield Refusal(at=at, bound="listed once", got=f"{name} twice", why=why, fix="remove one")


def bounds(settings: Settings) -> Iterator[Refusal]:
    """minimum <= request <= limit <= maximum, in amounts that Kubernetes reads."""
    for at, space in _listed(settings):
        yield from _ordered(f"{at}.containers.cpu", space.containers.cpu, millicores, "100m or 2")
        yield from _ordered(f"{at}.containers.memory", space.containers.memory, octets, "128Mi or 2Gi")


def _ordered(at: str, given: Amounts, read: Reading, example: str) -> Iterator[Refusal]:
    texts = (("minimum", given.minimum), ("request", given.request), ("limit", given.limit), ("maximum", given.maximum))
    amounts = [(key, text, read(text)) for key, text in texts]
    for key, text, amount in amounts:
        if amount is None:
            yield _no_amount(f"{at}.{key}", text, example)
    known = [(key, text, amount) for key, text, amount in amounts if amount is not None]
    for (low, less, small), (high, more, large) in pairwise(known):
        if small > large:
            yield Refusal(
                at=f"{at}.{low}",
                bound=f"at most the {high}, {more}",
                got=less,
                why="the API server refuses the LimitRange, or with it every pod that does not say what it needs",
                fix="order them: minimum <= request <= limit <= maximum",
            )


def quotas(settings: Settings) -> Iterator[Refusal]:
    """Requests within limits, and room for one container that says nothing and for the add-ons of the namespace."""
    for at, space in _listed(settings):
        quota, default = space.quota, space.containers
        for kind, read, example, requests, limits, least, most in (
            ("Cpu", millicores, "4", quota.requests_cpu, quota.limits_cpu, default.cpu.request, default.cpu.limit),
            (
                "Memory",
                octets,
                "8Gi",
                quota.requests_memory,
                quota.limits_memory,
                default.memory.request,
                default.memory.limit,
            ),
        ):
            yield from _room(f"{at}.quota.requests{kind}", requests, read, example, least)
            yield from _room(f"{at}.quota.limits{kind}", limits, read, example, most)
            have, want = read(limits), read(requests)
            if have is not None and want is not None and want > have:
                why = "a container's limit is at least its request, so the difference could never be used"
                bound, fix = f"at most limits{kind}, {limits}", "raise the limits, or lower the requests"
                yield Refusal(at=f"{at}.quota.requests{kind}", bound=bound, got=requests, why=why, fix=fix)
        yield from _addons(f"{at}.quota", space, settings)


def _room(at: str, given: str, read: Reading, example: str, default: str) -> Iterator[Refusal]:
    amount, one = read(given), read(default)
    if amount is None:
        yield _no_amount(at, given, example)
    elif one is not None and amount < one:
        why = "not one container that says nothing would start"
        bound = f"at least what such a container gets, {default}"
        yield Refusal(at=at, bound=bound, got=given, why=why, fix="raise the quota, or lower the default")


def _addons(at: str, space: ManagedNamespace, settings: Settings) -> Iterator[Refusal]:
    inside = [workload for workload in workloads(settings) if workload.namespace == space.name]
    if not inside:
        return
    named = ", ".join(workload.name for workload in inside)
    why = f"{named} would not start"
    quota = space.quota
    for key, given, read, each in (
        ("requestsCpu", quota.requests_cpu, millicores, [(w.replicas, w.cpu) for w in inside]),
        ("requestsMemory", quota.requests_memory, octets, [(w.replicas, w.memory) for w in inside]),
        ("limitsMemory", quota.limits_memory, octets, [(w.replicas, w.memory_limit) for w in inside]),
    ):
        amount, needed = read(given), _sum(each, read)
        if amount is not None and amount < needed:
            text = f"{needed}m" if read is millicores else f"{-(-needed // 2**20)}Mi"
            yield Refusal(
                at=f"{at}.{key}",
                bound=f"at least what the add-ons there ask for, {text}",
                got=given,
                why=why,
                fix=f"use {text} or more",
            )
    pods = sum(workload.replicas for workload in inside)
    if quota.pods < pods:
        yield Refusal(at=f"{at}.pods", bound=f"at least {pods}", got=quota.pods, why=why, fix="raise it")


def _sum(each: Sequence[tuple[int, str]], read: Reading) -> int:
    return sum(replicas * (read(text) or 0) for replicas, text in each)


def groups(settings: Settings) -> Iterator[Refusal]:
    """Groups of people, not Kubernetes' own."""
    access = settings.addons.access
    for key, given in (("viewers", access.viewers), ("operators", access.operators), ("admins", access.admins)):
        for index, group in enumerate(given):
            at = f"addons.access.{key}[{index}]"
            if not group.strip():
                yield Refusal(at=at, bound="a group", got=repr(group), why="it names nobody", fix="remove it")
            elif group.startswith("system:"):
                why = "it is Kubernetes' own: everybody, every service account, or who may do everything already"
                yield Refusal(at=at, bound="a group of your own", got=group, why=why, fix="name a group of people")


def _listed(settings: Settings) -> Iterator[tuple[str, ManagedNamespace]]:
    return ((f"addons.namespaces[{index}]", space) for index, space in enumerate(settings.addons.namespaces))


def _no_amount(at: str, given: str, example: str) -> Refusal:
    why = "the API server refuses it"
    return Refusal(at=at, bound="an amount of Kubernetes", got=repr(given), why=why, fix=f"such as {example}")
