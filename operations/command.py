"""One command of the command line: its purpose, its arguments, its function."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

Given = argparse.Namespace


def _nothing(_: argparse.ArgumentParser) -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Command:
    """`run` returns the exit status, None for success. Every command also takes `--stack`."""

    name: str
    text: str
    run: Callable[[Given], int | None]
    arguments: Callable[[argparse.ArgumentParser], None] = _nothing


def parser(commands: tuple[Command, ...]) -> argparse.ArgumentParser:
    """Build the parser of all commands."""
    top = argparse.ArgumentParser(prog="python -m operations", description="Day-2 operations of one environment.")
    listed = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in commands:
        made = listed.add_parser(command.name, help=command.text, description=command.text)
        made.add_argument("--stack", default="local", help="the environment (default: local)")
        command.arguments(made)
        made.set_defaults(run=command.run)
    return top
