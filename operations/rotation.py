"""Rotations: one list of generations in the settings, changed step by step, each step complete on every node first."""

import argparse
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from operations.command import Given
from operations.environment import Environment, OperationFailed
from operations.protection import unprotect
from operations.stack import environment
from operations.stack_file import StackFile
from operations.stack_file import arguments as file_arguments
from plan.certificates.rotation import Phase, Step, next_step
from plan.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Chore:
    """Something that must be done before a step, beside the settings. `text` says what; `run` does it."""

    text: str
    run: Callable[[], None]


class Rotation(ABC):
    """What is rotated. `path` is that of its list in the settings."""

    path: str

    def __init__(self, of: Environment) -> None:
        self.of = of

    @abstractmethod
    def generations(self, settings: Settings) -> tuple[int, ...]:
        """The list."""

    @abstractmethod
    def unfinished(self, generations: tuple[int, ...]) -> str | None:
        """Why a node is not where the list is; None where all are. Raises `OperationFailed` when one cannot answer."""

    @abstractmethod
    def describe(self, step: Step) -> str:
        """What the step does, in words."""

    @abstractmethod
    def superfluous(self, generation: int) -> tuple[tuple[str, str], ...]:
        """Type and name of the resources that go when a generation is removed."""

    def chore(self, step: Step) -> Chore | None:  # noqa: ARG002 - there need be none
        """What must be done before the step; None where nothing is left to do."""
        return None


def arguments(parser: argparse.ArgumentParser) -> None:
    """What every rotation takes."""
    parser.add_argument("--all", action="store_true", help="all steps, one after the other")
    file_arguments(parser)


def rotate(make: Callable[[Environment], Rotation], given: Given) -> None:
    """Take the next step, or with `--all` all of them. Raises `OperationFailed`, and can always be run again."""
    file, rotation = StackFile(given.stack, given.config_file), make(environment(given.stack))
    now = rotation.generations(file.settings())
    if len(now) > 1 and not given.dry_run:
        # Two lists of the same length differ in their order only, which no node can tell: a step that was cut off after
        # the settings were written is finished here. Where it was not, this changes nothing.
        print(f"{rotation.path} is {list(now)}: an update makes sure that this is so everywhere")
        file.up(yes=given.yes)
    while True:
        _complete(rotation, file, now, given)
        step = next_step(now)
        chore = rotation.chore(step)
        print(f"next: {chore.text if chore else f'{step.phase.value}: {rotation.describe(step)}'}")
        if given.dry_run:
            if chore is None:
                _preview(rotation, file, step)
            return
        if chore is not None:
            chore.run()
        else:
            _take(rotation, file, step, given)
            now = step.generations
            if step.phase is Phase.REMOVE:
                print("the rotation is complete")
                return
        if not given.all:
            print("run it again for the next step")
            return


def _preview(rotation: Rotation, file: StackFile, step: Step) -> None:
    with file.draft() as draft:
        draft.write_list(rotation.path, step.generations)
        draft.preview()


def _take(rotation: Rotation, file: StackFile, step: Step, given: Given) -> None:
    if step.phase is Phase.REMOVE:
        for type_, name in rotation.superfluous(step.subject):
            unprotect(given.stack, type_, name)
    file.write_list(rotation.path, step.generations)
    file.up(yes=given.yes)
    _complete(rotation, file, step.generations, given)
    print(f"done: {step.phase.value}; {rotation.path} in {file.file.name} is now {list(step.generations)}")


def _complete(rotation: Rotation, file: StackFile, generations: tuple[int, ...], given: Given) -> None:
    """Bring every node to where the settings are; an update that was cut off is finished here."""
    if (seen := rotation.unfinished(generations)) is None:
        return
    if given.dry_run:
        raise OperationFailed(f"{seen}; an update to the settings as they are comes first")
    print(f"{seen}; updating to the settings as they are")
    file.up(yes=given.yes)
    if (seen := rotation.unfinished(generations)) is not None:
        raise OperationFailed(f"{seen}. Nothing more was changed; mend it and run it again")
