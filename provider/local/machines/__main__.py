import argparse
import sys
from collections.abc import Callable

from provider.local.machines import commands
from provider.local.machines.unable import Unable

SUBJECT = {
    "start": "start machines and wait until SSH responds",
    "stop": "shut machines down cleanly",
    "kill": "cut the power of machines",
}


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="python -m provider.local.machines", description="Machines on this computer (systemd-nspawn)."
    )
    under = top.add_subparsers(required=True, metavar="COMMAND")

    listing = under.add_parser("list", help="show the machines of this computer")
    listing.add_argument("fleet", nargs="?", help="only this fleet")
    listing.set_defaults(call=lambda given: commands.show(given.fleet))

    for name, text in SUBJECT.items():
        power = under.add_parser(name, help=text)
        power.add_argument("fleet", help="such as local")
        power.add_argument("names", nargs="+", metavar="name", help="such as cp1")
        power.set_defaults(call=_power(getattr(commands, name)))

    destroying = under.add_parser("destroy", help="remove machines, or a whole fleet with its bridge")
    destroying.add_argument("fleet", help="such as local")
    destroying.add_argument("names", nargs="*", metavar="name", help="default: the whole fleet")
    destroying.add_argument("--keep-disk", action="store_true", help="keep the disk")
    destroying.add_argument("--take", action="store_true", help="even when another project folder owns the fleet")
    destroying.add_argument("--yes", action="store_true", help="do not ask")
    destroying.set_defaults(
        call=lambda given: commands.destroy(
            given.fleet, tuple(given.names), keep_disk=given.keep_disk, take=given.take, sure=given.yes
        )
    )

    running = under.add_parser("run", help="run a command inside a machine as root, without SSH")
    running.add_argument("fleet")
    running.add_argument("name")
    running.add_argument("argv", nargs="+", metavar="-- COMMAND", help="the command with its arguments")
    running.set_defaults(call=lambda given: commands.run(given.fleet, given.name, given.argv))

    making = under.add_parser("image", help="build the machines' image if it does not exist; takes about a minute")
    making.set_defaults(call=lambda _: commands.image())
    return top


def _power(call: Callable[[str, list[str]], int]) -> Callable[[argparse.Namespace], int]:
    return lambda given: call(given.fleet, given.names)


def main() -> int:
    given = parser().parse_args()
    try:
        code: int = given.call(given)
    except Unable as reason:
        sys.stderr.write(f"error: {reason}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; the same command continues\n")
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())
