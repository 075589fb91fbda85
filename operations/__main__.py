"""`python -m operations COMMAND --stack STACK`."""

import argparse
import sys

from operations import kubeconfig, lifecycle, status
from operations.kubectl import kubectl
from operations.review import command as review
from operations.stack import OperationFailed, environment


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m operations", description="Day-2 operations of one environment.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.add_argument("--stack", default="local", help="the environment (default: local)")
        return made

    command("up", "create or update the environment and write a kubeconfig")
    command("preview", "show what `up` would change")
    down = command("down", "destroy the environment with its data; asks first")
    down.add_argument("--yes", action="store_true", help="do not ask")
    state = command("status", "members, leader, health, certificate days left, owner of the address")
    state.add_argument("--json", action="store_true", help="for machines")
    issue = command("kubeconfig", "write a short-lived kubeconfig and print its path")
    issue.add_argument("--hours", type=int, default=lifecycle.PERSONAL_HOURS, help="lifetime of its certificate")
    issue.add_argument("--group", default=kubeconfig.ADMINISTRATORS, help="the RBAC group it belongs to")
    judge = command("review", "what a preview does to quorum, certificates, endpoint; fails when a guard speaks")
    review.arguments(judge)
    run = command("kubectl", "run kubectl on the environment")
    run.add_argument("arguments", nargs=argparse.REMAINDER)
    return top


def main(arguments: list[str]) -> int:
    given = parser().parse_args(arguments)
    try:
        match given.command:
            case "up":
                lifecycle.up(given.stack)
            case "preview":
                lifecycle.preview(given.stack)
            case "down":
                lifecycle.down(given.stack, yes=given.yes)
            case "status":
                return status.show(environment(given.stack), as_json=given.json)
            case "kubeconfig":
                print(kubeconfig.issue(environment(given.stack), hours=given.hours, organization=given.group))
            case "review":
                return review.review(given)
            case "kubectl":
                return kubectl(given.stack, [a for a in given.arguments if a != "--"])
    except OperationFailed as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
