"""Namespaces whose quota and limits let pods run, and groups of people (requirements ADD-13 to ADD-15, ADD-24)."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from plan.addons.workload import Workload, workloads
from plan.quantities import millicores, octets
from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.namespaces import Amounts, ManagedNamespace
from plan.settings.syntax import is_label, is_printable
from plan.visible import shown

Reading = Callable[[str], int | None]
LONGEST_GROUP = 256  # characters
SYSTEM = ("default", "kube-system", "kube-public", "kube-node-lease")


def names(settings: Settings) -> Iterator[Refusal]:
    """Namespaces are DNS labels, listed once, and not Kubernetes' own."""
    addons = settings.addons
    listed = [(f"addons.namespaces[{index}].name", space.name) for index, space in enumerate(addons.namespaces)]
    of_addons = [("addons.externalDns.namespace", addons.external_dns.namespace)]
    of_addons.append(("addons.certManager.namespace", addons.cert_manager.namespace))
    for at, name in (*listed, *of_addons):
        if not is_label(name):
            why = "it is part of the DNS name of every Service in it"
            yield Refusal(at=at, what="a DNS label", found=shown(name), why=why, fix="letters, digits and `-`")
        elif name in SYSTEM or name.startswith("kube-"):
            why = "a quota or default-deny there would stop parts of the cluster itself"
            yield Refusal(at=at, what="a namespace of your own", found=name, why=why, fix="choose another name")
    for index, (at, name) in enumerate(listed):
        if name in [other for _, other in listed[:index]]:
            why = "a namespace has one quota and one set of limits"
            yield Refusal(at=at, what="listed once", found=f"{name} twice", why=why, fix="remove one")


def bounds(settings: Settings) -> Iterator[Refusal]:
    """minimum <= request <= limit <= maximum, as quantities that Kubernetes accepts."""
    for at, space in _listed(settings):
        yield from _ordered(f"{at}.containers.cpu", space.containers.cpu, millicores)
        yield from _ordered(f"{at}.containers.memory", space.containers.memory, octets)


def _ordered(at: str, given: Amounts, read: Reading) -> Iterator[Refusal]:
    texts = (("minimum", given.minimum), ("request", given.request), ("limit", given.limit), ("maximum", given.maximum))
    amounts = [(key, text, read(text)) for key, text in texts]
    known = [(key, text, amount) for key, text, amount in amounts if amount is not None]
    for (low, less, small), (high, more, large) in pairwise(known):
        if small > large:
            yield Refusal(
                at=f"{at}.{low}",
                what=f"at most the {high}, {more}",
                found=less,
                why="the API server refuses the LimitRange, or every pod without its own requests",
                fix="order them: minimum <= request <= limit <= maximum",
            )


def quotas(settings: Settings) -> Iterator[Refusal]:
    """Requests are within limits, with room for one default container and the add-ons of the namespace."""
    for at, space in _listed(settings):
        quota, default = space.quota, space.containers
        for kind, read, requests, limits, least, most in (
            ("Cpu", millicores, quota.requests_cpu, quota.limits_cpu, default.cpu.request, default.cpu.limit),
            (
                "Memory",
                octets,
                quota.requests_memory,
                quota.limits_memory,
                default.memory.request,
                default.memory.limit,
            ),
        ):
            yield from _room(f"{at}.quota.requests{kind}", requests, read, least)
            yield from _room(f"{at}.quota.limits{kind}", limits, read, most)
            have, want = read(limits), read(requests)
            if have is not None and want is not None and want > have:
                why = "a container's limit is at least its request, so the difference could never be used"
                what, fix = f"at most limits{kind}, {limits}", "raise the limits, or lower the requests"
                yield Refusal(at=f"{at}.quota.requests{kind}", what=what, found=requests, why=why, fix=fix)
        yield from _addons(f"{at}.quota", space, settings)


def _room(at: str, given: str, read: Reading, default: str) -> Iterator[Refusal]:
    amount, one = read(given), read(default)
    if amount is not None and one is not None and amount < one:
        why = "no container without its own requests could start"
        what = f"at least the default of such a container, {default}"
        yield Refusal(at=at, what=what, found=given, why=why, fix="raise the quota, or lower the default")


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
                what=f"at least what the add-ons there request, {text}",
                found=given,
                why=why,
                fix=f"use {text} or more",
            )
    yield from _within_maximum(at.replace(".quota", ".containers"), space, inside)
    pods = sum(workload.replicas for workload in inside)
    if quota.pods < pods:
        yield Refusal(at=f"{at}.pods", what=f"at least {pods}", found=quota.pods, why=why, fix="raise it")


def _within_maximum(at: str, space: ManagedNamespace, inside: Sequence[Workload]) -> Iterator[Refusal]:
    """The namespace's own LimitRange must not refuse the add-ons that run in it."""
    for workload in inside:
        for key, given, wanted, read in (
            ("cpu", space.containers.cpu, workload.cpu, millicores),
            ("memory", space.containers.memory, workload.memory_limit, octets),
        ):
            most, needed = read(given.maximum), read(wanted)
            if most is not None and needed is not None and most < needed:
                why = f"{workload.name} would not start"
                fix = f"use {wanted} or more"
                what = f"at least what {workload.name} needs, {wanted}"
                yield Refusal(at=f"{at}.{key}.maximum", what=what, found=given.maximum, why=why, fix=fix)


def _sum(each: Sequence[tuple[int, str]], read: Reading) -> int:
    return sum(replicas * (read(text) or 0) for replicas, text in each)


def groups(settings: Settings) -> Iterator[Refusal]:
    """Groups are groups of people, not those that Kubernetes defines."""
    access = settings.addons.access
    for key, given in (("viewers", access.viewers), ("operators", access.operators), ("admins", access.admins)):
        for index, group in enumerate(given):
            at = f"addons.access.{key}[{index}]"
            if not is_printable(group) or len(group) > LONGEST_GROUP or group != group.strip():
                yield Refusal(at=at, what="the name of a group", found=shown(group), why="it is empty", fix="remove it")
            elif group.startswith("system:"):
                why = "it is one of Kubernetes' own, such as all users, all service accounts or cluster administrators"
                yield Refusal(at=at, what="a group of your own", found=group, why=why, fix="name a group of people")


def _listed(settings: Settings) -> Iterator[tuple[str, ManagedNamespace]]:
    return ((f"addons.namespaces[{index}]", space) for index, space in enumerate(settings.addons.namespaces))
