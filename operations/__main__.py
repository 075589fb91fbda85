"""`python -m operations COMMAND --stack STACK`."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from operations import expiry, gates, kubeconfig, lifecycle, status
from operations.kubectl import kubectl
from operations.review import comment
from operations.review.arguments import arguments
from operations.stack import OperationFailed, environment

Given = argparse.Namespace


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m operations", description="Day-2 operations of one environment.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str, run: Callable[[Given], int | None]) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.add_argument("--stack", default="local", help="the environment (default: local)")
        made.set_defaults(run=run)
        return made

    command("up", "create or update the environment and write a kubeconfig", lambda g: lifecycle.up(g.stack))
    command("preview", "show what `up` would change", lambda g: lifecycle.preview(g.stack))
    down = command(
        "down", "destroy the environment with its data; asks first", lambda g: lifecycle.down(g.stack, yes=g.yes)
    )
    down.add_argument("--yes", action="store_true", help="do not ask")
    state = command("status", "members, leader, health, certificate days left, owner of the address", _status)
    state.add_argument("--json", action="store_true", help="for machines")
    issue = command("kubeconfig", "write a short-lived kubeconfig and print its path", _kubeconfig)
    issue.add_argument("--hours", type=int, default=kubeconfig.PERSONAL_HOURS, help="lifetime of its certificate")
    issue.add_argument("--group", default=kubeconfig.ADMINISTRATORS, help="the RBAC group it belongs to")
    run = command("kubectl", "run kubectl on the environment", _kubectl)
    run.add_argument("arguments", nargs=argparse.REMAINDER)
    judge = command(
        "review", "what a preview does to quorum, certificates, endpoint; fails when a guard speaks", _review
    )
    arguments(judge)
    tell = command("comment", "write the reviews of all environments into one comment of a pull request", _comment)
    tell.add_argument("--pull", type=int, help="number of the pull request; without it the comment is printed")
    tell.add_argument("--reviews", default=".quorate/review", help="folder with a review.md for each environment")
    command("apply", "update to the plan that the last review saved", lambda g: gates.apply(g.stack))
    command("drift", "fail when what is there is not what the program wants", lambda g: gates.drift(g.stack))
    command("judge", "the policy pack on the state, without running the program", lambda g: gates.judge_state(g.stack))
    ending = command("expiry", "fail when a certificate in the state ends soon; asks no host", _expiry)
    ending.add_argument("--days", type=int, default=expiry.SOON, help=f"how soon (default: {expiry.SOON})")
    return top


def _status(given: Given) -> int:
    return status.show(environment(given.stack), as_json=given.json)


def _kubeconfig(given: Given) -> None:
    print(kubeconfig.issue(environment(given.stack), hours=given.hours, organization=given.group))


def _kubectl(given: Given) -> int:
    return kubectl(given.stack, [a for a in given.arguments if a != "--"])


def _review(given: Given) -> int:
    # With the policy pack's views it takes a third of a second to load; `up` and `status` need not wait for it.
    from operations.review.command import review  # noqa: PLC0415

    return review(given)


def _comment(given: Given) -> None:
    text = comment.text(Path(given.reviews))
    print(comment.post(text, number=given.pull) if given.pull else text)


def _expiry(given: Given) -> int:
    return expiry.show(given.stack, days=given.days)


def main(words: list[str]) -> int:
    given = parser().parse_args(words)
    try:
        return given.run(given) or 0
    except OperationFailed as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
