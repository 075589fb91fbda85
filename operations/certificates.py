"""Lists certificates, renews them before they are due, and rotates an authority."""

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
    """Print every certificate in the state, the next to expire first; contacts no host."""
    found = endings(exported(stack), now=datetime.now(tz=UTC))
    if not found:
        raise OperationFailed(f"the state of {stack!r} has no certificate")
    rows = [(one.name, f"{one.ends:%Y-%m-%d %H:%M}", str(one.days)) for one in found]
    print("\n".join(table(("CERTIFICATE", "ENDS (UTC)", "DAYS LEFT"), rows)))


def renew(given: Given) -> None:
    """Issue new keys and certificates for the chosen leaves; the agents install them one node at a time."""
    file = StackFile(given.stack, given.config_file)
    plan = make(file.settings())
    chosen = tuple(_chosen(plan, exported(given.stack), node=given.node, certificate=given.certificate))
    if not chosen:
        asked = " ".join(word for word in (given.node, given.certificate) if word)
        raise OperationFailed(f"there is no certificate {asked!r}; `certificates list` lists all of them")
    print(f"{len(chosen)} certificates are reissued with new keys: {', '.join(sorted(n for n, _ in chosen))}")
    replace = [word for _, urn in chosen for word in ("--replace", urn)]
    if given.dry_run:
        file.preview(*replace)
        return
    file.up(*replace, yes=given.yes)
    show(given.stack)


def _chosen(plan: Plan, state: str, *, node: str | None, certificate: str | None) -> Iterator[tuple[str, str]]:
    """Name and URN of each chosen leaf's private key; replacing the key replaces the certificate too."""
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
    actions.add_parser("list", help="list every certificate with the days left until it expires")
    text = "reissue leaf certificates with new keys before they are due; all of them unless you name some"
    renewal = actions.add_parser("renew", help=text, description=text)
    renewal.add_argument("--node", help="only the certificates of this node")
    renewal.add_argument("--certificate", help="only this certificate of each node, such as apiserver or etcd-server")
    file_arguments(renewal)
    text = "take the next step of an authority's rotation: add, promote, remove; run again until it is complete"
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
        text="list certificates, renew them now, or rotate an authority",
        arguments=_arguments,
        run=_run,
    ),
)
