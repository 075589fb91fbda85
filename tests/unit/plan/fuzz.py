"""Random mutations of good settings: each is refused, or gives a consistent plan, in at most two seconds of computing.

The fast tests try some with a fixed seed. `python -m tests.unit.plan.fuzz --inputs 100000 --seed 7` tries more; it
prints the first failures and the slowest input, and exits with 1 if there is a failure.
"""

import argparse
import copy
import json
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import documents
from plan import Plan, Refused, make
from plan.loading.configuration import read
from tests.unit.plan.aws_site import SITE as AWS_SITE
from tests.unit.plan.complete import AWS, HOSTS
from tests.unit.plan.site import SITE

LONGEST_SECONDS = 2.0
BASES: tuple[Mapping[str, object], ...] = ({"preset": "local"}, SITE, AWS_SITE, HOSTS, AWS)
NUMBERS: tuple[object, ...] = (
    0,
    1,
    -1,
    2,
    3,
    7,
    255,
    65_535,
    65_536,
    10**9,
    10**30,
    -(10**30),
    0.5,
    1e308,
    float("inf"),
)
TEXTS: tuple[object, ...] = (
    *("", " ", "x", "a" * 300, "a\nb", "a\0b", "\u200b", "\uff11\uff12", "\ud800", "~", "~nobody/x", "file://[", "}"),
    *("10.0.0.1", "10.1.0.300", "fe80::1%eth0\nserver x", "::ffff:10.0.0.1", "169.240.0.0/12", "0.0.0.0/0", "::/0"),
    *("10.96.0.0/12", "fd00::/8", "2001:db8::/64", "127.0.0.0/8", "kubernetes.default.svc", "API.Example.COM.", "a.b"),
    *("/proc", "//var/lib/etcd/x", "/", "s3://b/x", "https://[::1]:0/", "http://u:p@h", "1Gi", "1.5Gi", "500m", "1e9"),
    *("-----BEGIN PRIVATE " + "KEY-----\nMIIEvQ", "ssh-ed25519 AAAA", "eu-west-1", "eusc-de-east-1", "us-gov-west-1"),
)
SHAPES: tuple[object, ...] = (None, True, False, [], {}, [[]], [{}], {"a": {}}, [None], [1, 2], ["a", "a"], "true")


@dataclass
class Outcome:
    """What a run has seen. `failures` holds the inputs with the reason, `slowest` seconds and input."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[str, str]] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")


def run(*, inputs: int, seed: int) -> Outcome:
    """Try as many mutations; equal seeds try equal ones."""
    outcome = Outcome()
    for given in mutations(inputs=inputs, seed=seed):
        began = time.process_time()
        try:
            outcome.counts[_judged(given)] += 1
        except Exception:  # noqa: BLE001 - every other exception is what this looks for
            outcome.failures.append((_text(given), traceback.format_exc()))
        seconds = time.process_time() - began
        if seconds > outcome.slowest[0]:
            outcome.slowest = (seconds, _text(given))
    return outcome


def mutations(*, inputs: int, seed: int) -> Iterator[dict[str, object]]:
    """Good settings, each with one to four random changes."""
    chance = random.Random(seed)  # noqa: S311 - tests, repeatable on purpose
    for _ in range(inputs):
        given = copy.deepcopy(dict(chance.choice(BASES)))
        for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
            _change(given, chance)
        yield given


def _change(given: dict[str, object], chance: random.Random) -> None:
    places = list(_places(given))
    if not places:
        return
    place, key = chance.choice(places)
    old = _get(place, key)
    kind = chance.choice(("remove", "replace", "repeat", "add", "copy", "near", "near", "near"))
    if kind == "remove":
        _remove(place, key)
    elif kind == "repeat" and isinstance(place, list):
        place.extend(copy.deepcopy(place[: chance.choice((1, 2, 5))]))
    elif kind == "add" and isinstance(place, dict):
        place[chance.choice(("unknown", "name", "key", "a.b", "", "\n"))] = _value(chance)
    elif kind == "copy":
        _set(place, key, copy.deepcopy(_get(*chance.choice(places))))
    else:
        _set(place, key, _value(chance) if kind == "replace" else _near(old, chance))


Place = list[object] | dict[str, object]


def _get(place: Place, key: int | str) -> object:
    if isinstance(place, dict):
        return place[str(key)]
    return place[int(key)]


def _set(place: Place, key: int | str, value: object) -> None:
    if isinstance(place, dict):
        place[str(key)] = value
    else:
        place[int(key)] = value


def _remove(place: Place, key: int | str) -> None:
    if isinstance(place, dict):
        del place[str(key)]
    else:
        del place[int(key)]


def _places(value: object) -> Iterator[tuple[Place, int | str]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield value, key
            yield from _places(one)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield value, index
            yield from _places(one)


def _value(chance: random.Random) -> object:
    return copy.deepcopy(chance.choice(chance.choice((NUMBERS, TEXTS, SHAPES))))


def _near(value: object, chance: random.Random) -> object:
    """A value of the same type that is a little wrong."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return chance.choice((value + 1, value - 1, -value, value * 10, value / 3, *NUMBERS))
    if isinstance(value, str):
        odd = chance.choice("\n\0 }{\"'`$;%\u00e9\uff11/:,#\\")
        at = chance.randrange(len(value) + 1)
        return chance.choice(
            (value[:at], value[at:], value[:at] + odd + value[at:], value.upper(), value * 3, f"{value}.")
        )
    return _value(chance)


def _judged(given: Mapping[str, object]) -> str:
    try:
        settings = read(given)
    except Refused as problem:
        refused = problem
    else:
        consistent(make(settings))
        return "planned"
    text = str(refused)
    assert refused.refusals
    assert text.replace("\n", " ").isprintable(), text
    assert "KEY-----" not in text
    return "refused"


def consistent(plan: Plan) -> None:
    """What every plan promises, whatever its settings. AssertionError if it does not hold."""
    hosts = (*plan.kubernetes_nodes, *documents.dedicated_hosts(plan))
    for values in ([h.name for h in hosts], [h.address for h in hosts], [r for h in hosts for r in h.pod_ranges]):
        assert len(set(values)) == len(values), values
    assert len(plan.members) % 2
    assert all(0 < c.early_renewal_hours < c.lifetime_hours for c in plan.certificates)
    assert len({c.title for c in plan.certificates}) == len(plan.certificates)
    assert all(port.number is None or 1 <= port.number <= 65_535 for port in plan.ports)
    for host in (plan.nodes[0], *plan.workers[:1], *documents.dedicated_hosts(plan)[:1]):
        for file in documents.files(plan, host):
            assert all(c.isprintable() or c in "\n\t" for c in file.content), file.path
        json.loads(documents.manifest(plan, host))


def _text(given: Mapping[str, object]) -> str:
    return json.dumps(given, default=str)


def main() -> int:
    """Run as the command line says; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args()
    print(f"seed {asked.seed}")
    outcome = run(inputs=asked.inputs, seed=asked.seed)
    seconds, slowest = outcome.slowest
    print(f"{dict(outcome.counts)}, {len(outcome.failures)} failures; slowest {seconds:.2f} s: {slowest[:2_000]}")
    for given, reason in outcome.failures[:5]:
        print(f"\n{given}\n{reason}")
    return 1 if outcome.failures or seconds > LONGEST_SECONDS else 0


if __name__ == "__main__":
    sys.exit(main())
