"""The settings file of a stack, `Pulumi.<stack>.yaml`: read as the program reads it, changed with the CLI.

An operation that changes the cluster changes its settings file too. If the environment is under version control,
commit that change.
"""

import argparse
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from operations.emulated import choose, emulated
from operations.environment import PROJECT, OperationFailed
from operations.proxy.control import ensure
from operations.stack import pulumi
from operations.state_lock import release_dead
from plan.aws.access import proxied, proxy_port
from plan.loading.configuration import read
from plan.refusal import Refused
from plan.settings import Settings
from plan.settings.stack_values import PROJECT as PREFIX
from plan.settings.stack_values import mapping


class StackFile:
    """The settings file of one stack. `file`: default is `Pulumi.<stack>.yaml` in the project's folder."""

    def __init__(self, stack: str, file: Path | None = None) -> None:
        self.stack = stack
        if file is None and emulated():
            file = Path(choose(stack)[1])
        self.file = file or PROJECT / f"Pulumi.{stack}.yaml"

    @property
    def options(self) -> list[str]:
        """The options for every CLI command on this stack."""
        return ["--stack", self.stack, "--config-file", str(self.file)]

    def settings(self) -> Settings:
        """Read the settings as the program does. Raises `OperationFailed`."""
        done = self._config("--json")
        values = {key: str(entry["value"]) for key, entry in json.loads(done).items() if "value" in entry}
        try:
            return read(mapping(values))
        except Refused as refused:
            raise OperationFailed(str(refused)) from None

    def reach(self) -> None:
        """Start the proxy to the API, if the add-ons need one. Raises `OperationFailed`."""
        settings = self.settings()
        if settings.addons.enabled and proxied(settings):
            ensure(self.stack, proxy_port(settings))

    def write(self, values: Mapping[str, str]) -> None:
        """Set values by path, such as `controlPlane.encryptionKeys[1]`, in one command. Raises `OperationFailed`."""
        words = [word for path, value in values.items() for word in ("--plaintext", f"{PREFIX}:{path}={value}")]
        self._config("set-all", "--path", *words)

    def write_list(self, path: str, numbers: tuple[int, ...]) -> None:
        """Replace a list of numbers; the new list may be shorter. Raises `OperationFailed`."""
        before = self._length(path)
        self.write({f"{path}[{index}]": str(number) for index, number in enumerate(numbers)})
        for index in reversed(range(len(numbers), before)):
            self._config("rm", "--path", f"{PREFIX}:{path}[{index}]")

    def up(self, *more: str, yes: bool) -> None:
        """Run `pulumi up`, which shows its preview and asks unless `yes`. Raises `OperationFailed`."""
        release_dead(self.stack)
        self.reach()
        pulumi("up", *self.options, *more, *(["--yes", "--skip-preview"] if yes else []))

    def preview(self, *more: str) -> None:
        """Run `pulumi preview`. Raises `OperationFailed`."""
        self.reach()
        pulumi("preview", *self.options, *more)

    @contextmanager
    def draft(self) -> Iterator["StackFile"]:
        """Yield a copy for trying out a change."""
        with tempfile.TemporaryDirectory(prefix="quorate-") as folder:
            copy = Path(folder) / self.file.name
            shutil.copy(self.file, copy)
            yield StackFile(self.stack, copy)

    def _length(self, path: str) -> int:
        section, _, key = path.partition(".")
        found = json.loads(self._config("--json")).get(f"{PREFIX}:{section}", {}).get("objectValue", {})
        for part in key.split("."):
            found = found.get(part) or {}
        return len(found)

    def _config(self, *words: str) -> str:
        done = subprocess.run(
            ["pulumi", "config", *words, *self.options], cwd=PROJECT, check=False, capture_output=True, text=True
        )
        if done.returncode:
            raise OperationFailed(f"the settings in {self.file} cannot be used: {done.stderr.strip()}")
        return done.stdout


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of every operation that changes settings."""
    parser.add_argument("--config-file", type=Path, help="the stack's settings file (default: Pulumi.STACK.yaml)")
    parser.add_argument("--dry-run", action="store_true", help="print and preview what the next step would change")
    parser.add_argument("--yes", action="store_true", help="do not ask before each update")
