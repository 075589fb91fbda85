"""`python -m operations COMMAND --stack STACK`."""

import importlib
import pkgutil
import signal
import sys

import operations
from operations.command import Command, parser
from operations.environment import OperationFailed

INTERRUPTED = 128 + signal.SIGINT  # what a shell reports of a program that the signal has ended


def commands() -> tuple[Command, ...]:
    """What every module of this package offers in its `COMMANDS`."""
    names = [module.name for module in pkgutil.walk_packages(operations.__path__, "operations.")]
    modules = [importlib.import_module(name) for name in names if not name.endswith(".__main__")]
    offered = [command for module in modules for command in vars(module).get("COMMANDS", ())]
    return tuple(sorted(offered, key=lambda command: command.name))


def main(words: list[str]) -> int:
    given = parser(commands()).parse_args(words)
    try:
        status: int | None = given.run(given)
    except OperationFailed as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; the same command goes on where this one stopped", file=sys.stderr)
        return INTERRUPTED
    return status or 0


if __name__ == "__main__":
    # Who starts programs in the background may have interrupts ignored for them. The CLI hears them all the same (Go's
    # signal.Notify), so its end would be taken for a failure here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))
