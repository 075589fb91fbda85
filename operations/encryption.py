"""Encryption at rest: which keys every node has, how many objects need each, and the rotation."""

import argparse
from dataclasses import dataclass

from operations import kubeconfig, rotation
from operations.agent import ask, every
from operations.command import Command, Given
from operations.environment import Environment, Host, OperationFailed
from operations.rewriting import rewrite
from operations.rotation import Chore, Rotation
from operations.stack import environment
from operations.table import table
from plan.certificates.rotation import Phase, Step, numbered
from plan.settings import Settings

IDENTITY = "identity"
ROUNDS = 3  # objects that were written while they were being rewritten need another look
COUNT_SECONDS = 300.0  # every object's value passes the agent
WHAT = {
    Phase.ADD: "every API server learns key {0}; it encrypts nothing yet",
    Phase.PROMOTE: "every API server encrypts with key {0}, and still decrypts with the former one",
    Phase.REMOVE: "key {0} is forgotten; a snapshot of etcd from before the rewriting cannot be read without it",
}


@dataclass(frozen=True, kw_only=True)
class Keys:
    """One node. `names`: of the keys in its file, the one that encrypts first; `loaded`: its API server knows them."""

    node: str
    names: tuple[str, ...]
    loaded: bool


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What etcd holds. `counts`: objects by the key that they need; `stale`: `resource/namespace/name` of those that
    need another key than the present one."""

    counts: dict[str, int]
    stale: tuple[str, ...]


def look(of: Environment) -> tuple[Keys, ...]:
    """Every node. Raises `OperationFailed` when one cannot answer."""
    return tuple(every(of.hosts, _keys).values())


def stored(of: Environment) -> Stored:
    """Asked of etcd through one node; every member agrees. Raises `OperationFailed`."""
    answer = ask(of.hosts[0], "encrypted", seconds=COUNT_SECONDS).values
    counts = answer["counts"].value
    return Stored(
        counts={name: answer["counts"][name].number() for name in counts} if isinstance(counts, dict) else {},
        stale=tuple(one.text() for one in answer["stale"].items()),
    )


def _keys(host: Host) -> Keys:
    answer = ask(host, "encryption").values
    names = tuple(name.text() for name in answer["keys"].items())
    return Keys(node=host.name, names=names, loaded=answer["loaded"].flag())


def show(stack: str) -> int:
    """Print it. Returns 1 when nodes differ or one does not work with its file."""
    of = environment(stack)
    nodes = look(of)
    rows = [(node.node, ", ".join(node.names), "yes" if node.loaded else "not yet") for node in nodes]
    print("\n".join(table(("NODE", "KEYS, THE FIRST ENCRYPTS", "LOADED"), rows)))
    counts = sorted(stored(of).counts.items())
    print(f"in etcd: {', '.join(f'{count} objects need {name}' for name, count in counts) or 'no object'}")
    if seen := disunity(nodes):
        print(f"! {seen}")
    return 1 if seen else 0


def disunity(nodes: tuple[Keys, ...]) -> str | None:
    """Why the present step is not complete on every node; None where it is."""
    if len({node.names for node in nodes}) > 1:
        return "the nodes do not have the same keys: " + "; ".join(f"{n.node} has {', '.join(n.names)}" for n in nodes)
    waiting = [node.node for node in nodes if not node.loaded]
    return f"the API servers of {', '.join(waiting)} do not work with their keys yet" if waiting else None


class KeyRotation(Rotation):
    """Add, promote, rewrite all objects, remove. The agents refuse to forget a key that any object still needs."""

    path = "controlPlane.encryptionKeys"

    def generations(self, settings: Settings) -> tuple[int, ...]:
        """Of the key."""
        return settings.control_plane.encryption_keys

    def unfinished(self, generations: tuple[int, ...]) -> str | None:
        """Other keys, or keys that an API server has not loaded."""
        nodes = look(self.of)
        for node in nodes:
            if (count := len(_own(node))) != len(generations):
                return f"the settings have {len(generations)} encryption keys, {node.node} has {count}"
        return disunity(nodes)

    def describe(self, step: Step) -> str:
        """In words."""
        return WHAT[step.phase].format(step.subject)

    def superfluous(self, generation: int) -> tuple[tuple[str, str], ...]:
        """The seed of the key."""
        return (("tls:index/privateKey:PrivateKey", numbered("encryption", generation)),)

    def chore(self, step: Step) -> Chore | None:
        """Before a key is removed everything is rewritten."""
        if step.phase is not Phase.REMOVE or not (stale := stored(self.of).stale):
            return None
        return Chore(text=f"rewrite {len(stale)} objects that need a former key", run=self._rewrite)

    def _rewrite(self) -> None:
        stale = stored(self.of).stale
        for _ in range(ROUNDS):
            rewrite(kubeconfig.current(self.of), stale, say=lambda text: print(f"  {text}", flush=True))
            before, stale = stale, stored(self.of).stale
            print(f"done: rewrite; {len(before)} objects, {len(stale)} left that need a former key", flush=True)
            if not stale:
                return
        raise OperationFailed(f"{len(stale)} objects still need a former key, which therefore stays; run it again")


def _own(node: Keys) -> list[str]:
    return [name for name in node.names if name != IDENTITY]


def _arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("status", help="which keys every node has, and how many objects need each")
    text = "the next step of a rotation: add, promote, rewrite, remove; run again until it says that it is complete"
    rotation.arguments(actions.add_parser("rotate", help=text, description=text))


def _run(given: Given) -> int:
    if given.action == "status":
        return show(given.stack)
    rotation.rotate(KeyRotation, given)
    return 0


COMMANDS = (
    Command(
        name="encryption",
        text="the keys that encrypt Secrets in etcd: what is in use, and their rotation",
        arguments=_arguments,
        run=_run,
    ),
)
