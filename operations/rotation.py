"""Rotations change one list of generations in the settings; each step must be complete on every node first."""

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
    """Work that must be done before a step, in addition to the settings. `text` describes it; `run` does it."""

    text: str
    run: Callable[[], None]


class Rotation(ABC):
    """One kind of rotation. `path`: of its list in the settings."""

    path: str

    def __init__(self, of: Environment) -> None:
        self.of = of

    @abstractmethod
    def generations(self, settings: Settings) -> tuple[int, ...]:
        """The list."""

    @abstractmethod
    def unfinished(self, generations: tuple[int, ...]) -> str | None:
        """Why a node does not match the list; None if all do. Raises `OperationFailed` if one does not respond."""

    @abstractmethod
    def describe(self, step: Step) -> str:
        """Describe what the step does."""

    @abstractmethod
    def superfluous(self, generation: int) -> tuple[tuple[str, str], ...]:
        """Type and name of the resources that are deleted with a generation."""

    def chore(self, step: Step) -> Chore | None:  # noqa: ARG002 - most rotations have no chore
        """The work to do before the step, or None."""
        return None


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that every rotation takes."""
    parser.add_argument("--all", action="store_true", help="take all steps, one after the other")
    file_arguments(parser)


def rotate(make: Callable[[Environment], Rotation], given: Given) -> None:
    """Take the next step, or all of them with `--all`. Can be run again after any failure. Raises `OperationFailed`."""
    file, rotation = StackFile(given.stack, given.config_file), make(environment(given.stack))
    now = rotation.generations(file.settings())
    if len(now) > 1 and not given.dry_run:
        # Two lists of the same length differ only in their order, which the nodes do not report. If a step was
        # interrupted after the settings were written, this finishes it; otherwise it changes nothing.
        print(f"{rotation.path} is {list(now)}: running an update to apply it on every node")
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
    """Bring every node to the current settings; finishes an interrupted update."""
    if (seen := rotation.unfinished(generations)) is None:
        return
    if given.dry_run:
        raise OperationFailed(f"{seen}; an update to the current settings comes first")
    print(f"{seen}; updating to the current settings")
    file.up(yes=given.yes)
    if (seen := rotation.unfinished(generations)) is not None:
        raise OperationFailed(f"{seen}. Nothing else was changed; fix it and run it again")
