"""What a pipeline asks of an environment: the update of a reviewed plan, drift, and the state under the policies."""

from operations.command import Command
from operations.environment import OperationFailed
from operations.review import run
from operations.stack import pulumi


def apply(stack: str) -> None:
    """`pulumi up` of the plan that the last review of this stack saved, and of nothing else.

    The engine refuses an operation that the plan does not have.
    """
    plan = run.folder(stack).plan
    if not plan.exists():
        raise OperationFailed(f"there is no reviewed plan of {stack!r}; `make review STACK={stack}` saves one")
    pulumi("up", "--stack", stack, "--yes", "--skip-preview", "--plan", str(plan), *run.options(stack))


def drift(stack: str) -> None:
    """Fails when what is there is not what the program wants."""
    pulumi("preview", "--stack", stack, "--refresh", "--expect-no-changes", "--diff", *run.options(stack))


def judge_state(stack: str) -> None:
    """The policy pack on what was built, without running the program."""
    pulumi("policy", "analyze", "--stack", stack, *run.packs(stack))


COMMANDS = (
    Command(name="apply", text="update to the plan that the last review saved", run=lambda g: apply(g.stack)),
    Command(name="drift", text="fail when what is there is not what the program wants", run=lambda g: drift(g.stack)),
    Command(
        name="judge",
        text="the policy pack on the state, without running the program",
        run=lambda g: judge_state(g.stack),
    ),
)
