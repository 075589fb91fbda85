"""Certificates: days left of each, renewal now, and the rotation of an authority."""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime

from agent.model.json_reading import parse
from operations import rotation
from operations.authorities import NAMES, authority_rotation
from operations.command import Command, Given
from operations.environment import OperationFailed
from operations.expiry import endings, exported
from operations.stack_file import StackFile
from operations.stack_file import arguments as file_arguments
from operations.table import table
from plan import Plan, make

KEY = "tls:index/privateKey:PrivateKey"


def show(stack: str) -> None:
    """Print every certificate in the state, the first to end first; it asks no host."""
    found = endings(exported(stack), now=datetime.now(tz=UTC))
    if not found:
        raise OperationFailed(f"the state of {stack!r} holds no certificate")
    rows = [(one.name, f"{one.ends:%Y-%m-%d %H:%M}", str(one.days)) for one in found]
    print("\n".join(table(("CERTIFICATE", "ENDS (UTC)", "DAYS LEFT"), rows)))


def renew(given: Given) -> None:
    """New keys and certificates for the chosen leaves; the agents install them one node at a time."""
    file = StackFile(given.stack, given.config_file)
    plan = make(file.settings())
    chosen = tuple(_chosen(plan, exported(given.stack), node=given.node, certificate=given.certificate))
    if not chosen:
        asked = " ".join(word for word in (given.node, given.certificate) if word)
        raise OperationFailed(f"there is no certificate {asked!r}; `certificates list` names all of them")
    print(f"{len(chosen)} certificates are issued anew with new keys: {', '.join(sorted(n for n, _ in chosen))}")
    replace = [word for _, urn in chosen for word in ("--replace", urn)]
    if given.dry_run:
        file.preview(*replace)
        return
    file.up(*replace, yes=given.yes)
    show(given.stack)


def _chosen(plan: Plan, state: str, *, node: str | None, certificate: str | None) -> Iterator[tuple[str, str]]:
    """Name and URN of the private key of each leaf that is meant: everything else of it follows from its key."""
    meant = {
        leaf.title
        for leaf in plan.certificates
        if (node is None or leaf.node == node) and (certificate is None or leaf.name == certificate)
    }
    for resource in parse(state, at="state")["deployment"]["resources"].items():
        name = resource["urn"].text().rpartition("::")[2]
        if resource["type"].text() == KEY and name in meant and not resource["delete"].flag():
            yield name, resource["urn"].text()


def _arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="every certificate with the days it has left")
    text = "issue leaf certificates anew, with new keys, before they are due; all of them unless some are named"
    renewal = actions.add_parser("renew", help=text, description=text)
    renewal.add_argument("--node", help="only those of one node")
    renewal.add_argument("--certificate", help="only one of each node, such as apiserver or etcd-server")
    file_arguments(renewal)
    text = "the next step of an authority's rotation: add, promote, remove; run again until it says that it is complete"
    rotating = actions.add_parser("rotate", help=text, description=text)
    rotating.add_argument("authority", choices=NAMES, help="which one")
    rotation.arguments(rotating)


def _run(given: Given) -> None:
    match given.action:
        case "list":
            show(given.stack)
        case "renew":
            renew(given)
        case _:
            rotation.rotate(authority_rotation(given.authority), given)


COMMANDS = (
    Command(
        name="certificates",
        text="days left of every certificate, renewal now, rotation of an authority",
        arguments=_arguments,
        run=_run,
    ),
)
