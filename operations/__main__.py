"""`python -m operations COMMAND --stack STACK`."""

import importlib
import importlib.util
import pkgutil
import signal
import sys

import operations
from operations.command import Command, parser
from operations.environment import OperationFailed

INTERRUPTED = 128 + signal.SIGINT  # exit status that a shell reports for a program ended by SIGINT


def commands() -> tuple[Command, ...]:
    """Collect the `COMMANDS` of every module in this package, and of `command.py` in every package below it."""
    found = pkgutil.iter_modules(operations.__path__, f"{operations.__name__}.")
    names = [f"{module.name}.command" if module.ispkg else module.name for module in found]
    modules = [importlib.import_module(n) for n in names if importlib.util.find_spec(n) and not n.endswith("__main__")]
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
        print("interrupted; run the same command again to continue", file=sys.stderr)
        return INTERRUPTED
    return status or 0


if __name__ == "__main__":
    # A program that is started in the background may inherit ignored interrupts. The CLI still receives them (Go's
    # signal.Notify), so its exit would look like a failure here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))
