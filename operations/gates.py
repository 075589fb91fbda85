"""Commands for pipelines: update to a reviewed plan, detect drift, and judge the state with the policies."""

from operations.command import Command
from operations.environment import OperationFailed
from operations.review import run
from operations.stack import pulumi
from operations.stack_file import StackFile


def apply(stack: str) -> None:
    """Run `pulumi up` with the plan that the last review of this stack saved.

    The engine refuses any operation that is not in the plan.
    """
    plan = run.folder(stack).plan
    if not plan.exists():
        raise OperationFailed(f"there is no reviewed plan of {stack!r}; `make review STACK={stack}` saves one")
    StackFile(stack).reach()
    pulumi("up", "--stack", stack, "--yes", "--skip-preview", "--plan", str(plan), *run.options(stack))


def drift(stack: str) -> None:
    """Fail if the actual resources differ from the program."""
    StackFile(stack).reach()
    pulumi("preview", "--stack", stack, "--refresh", "--expect-no-changes", "--diff", *run.options(stack))


def judge_state(stack: str) -> None:
    """Judge the state with the policy pack, without running the program."""
    pulumi("policy", "analyze", "--stack", stack, *run.packs(stack))


COMMANDS = (
    Command(name="apply", text="update to the plan that the last review saved", run=lambda g: apply(g.stack)),
    Command(name="drift", text="fail if the actual resources differ from the program", run=lambda g: drift(g.stack)),
    Command(
        name="judge",
        text="judge the state with the policy pack, without running the program",
        run=lambda g: judge_state(g.stack),
    ),
)
