"""Encryption at rest: shows which keys every node has and how many objects need each, and rotates them."""

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
ROUNDS = 3  # objects that were written during the rewrite need another pass
COUNT_SECONDS = 300.0  # the agent reads every object's value
WHAT = {
    Phase.ADD: "every API server loads key {0}; it encrypts nothing yet",
    Phase.PROMOTE: "every API server encrypts with key {0} and still decrypts with the previous one",
    Phase.REMOVE: "key {0} is removed; without it, snapshots of etcd from before the rewrite cannot be read",
}


@dataclass(frozen=True, kw_only=True)
class Keys:
    """One node. `names`: the keys in its file, the encrypting one first; `loaded`: its API server uses them."""

    node: str
    names: tuple[str, ...]
    loaded: bool


@dataclass(frozen=True, kw_only=True)
class Stored:
    """The encrypted objects in etcd.

    `counts`: number by the key that they need; `stale`: `resource/namespace/name` of those that need another key than
    the current one.
    """

    counts: dict[str, int]
    stale: tuple[str, ...]


def look(of: Environment) -> tuple[Keys, ...]:
    """Read the keys of every node. Raises `OperationFailed` if one does not respond."""
    return tuple(every(of.hosts, _keys).values())


def stored(of: Environment) -> Stored:
    """Read etcd through one node; every member returns the same. Raises `OperationFailed`."""
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
    """Print the keys. Returns 1 if nodes differ or one does not use the keys in its file."""
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
    """Why the current step is not complete on every node; None if it is."""
    if len({node.names for node in nodes}) > 1:
        return "the nodes do not have the same keys: " + "; ".join(f"{n.node} has {', '.join(n.names)}" for n in nodes)
    waiting = [node.node for node in nodes if not node.loaded]
    return f"the API servers of {', '.join(waiting)} have not loaded their keys yet" if waiting else None


class KeyRotation(Rotation):
    """Add, promote, rewrite all objects, remove. The agents refuse to remove a key that any object still needs."""

    path = "controlPlane.encryptionKeys"

    def generations(self, settings: Settings) -> tuple[int, ...]:
        """The rotation of the encryption key."""
        return settings.control_plane.encryption_keys

    def unfinished(self, generations: tuple[int, ...]) -> str | None:
        """Return why nodes do not match the settings: other keys, or keys that an API server has not loaded."""
        nodes = look(self.of)
        for node in nodes:
            if (count := len(_own(node))) != len(generations):
                return f"the settings have {len(generations)} encryption keys, {node.node} has {count}"
        return disunity(nodes)

    def describe(self, step: Step) -> str:
        """A short description."""
        return WHAT[step.phase].format(step.subject)

    def superfluous(self, generation: int) -> tuple[tuple[str, str], ...]:
        """The seed of the removed key."""
        return (("tls:index/privateKey:PrivateKey", numbered("encryption", generation)),)

    def chore(self, step: Step) -> Chore | None:
        """Rewrite every object before a key is removed."""
        if step.phase is not Phase.REMOVE or not (stale := stored(self.of).stale):
            return None
        return Chore(text=f"rewrite {len(stale)} objects that need a previous key", run=self._rewrite)

    def _rewrite(self) -> None:
        stale = stored(self.of).stale
        for _ in range(ROUNDS):
            rewrite(kubeconfig.current(self.of), stale, say=lambda text: print(f"  {text}", flush=True))
            before, stale = stale, stored(self.of).stale
            print(f"done: rewrite; {len(before)} objects, {len(stale)} left that need a previous key", flush=True)
            if not stale:
                return
        raise OperationFailed(f"{len(stale)} objects still need a previous key, so it is kept; run it again")


def _own(node: Keys) -> list[str]:
    return [name for name in node.names if name != IDENTITY]


def _arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("status", help="show which keys every node has, and how many objects need each")
    text = "take the next step of a rotation: add, promote, rewrite, remove; run again until it is complete"
    rotation.arguments(actions.add_parser("rotate", help=text, description=text))


def _run(given: Given) -> int:
    if given.action == "status":
        return show(given.stack)
    rotation.rotate(KeyRotation, given)
    return 0


COMMANDS = (
    Command(
        name="encryption",
        text="show or rotate the keys that encrypt Secrets in etcd",
        arguments=_arguments,
        run=_run,
    ),
)
