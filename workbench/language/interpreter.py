"""The Python environment of a program, policy pack or plugin, from `runtime.options` of its project file."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from google.protobuf import struct_pb2
from pulumi.runtime.proto import language_pb2 as messages


class Refused(Exception):
    """A project cannot run here; the user sees the message unchanged."""


class Distribution(TypedDict):
    """An installed Python distribution. `direct`: no other one requires it."""

    name: str
    version: str
    direct: bool


class Plugin(TypedDict, total=False):
    """Contents of a pulumi-plugin.json."""

    resource: bool
    name: str
    version: str
    server: str


@dataclass(frozen=True)
class Interpreter:
    """Runs the Python of one project. `venv`: None if the project does not name one; then our own is used."""

    venv: Path | None

    @property
    def python(self) -> Path:
        """The executable. Raises `Refused` if the project's virtual environment has not been made."""
        if self.venv is None:
            return Path(sys.executable)
        python = self.venv / "bin" / "python"
        if not python.exists():
            message = f"the virtual environment {self.venv} has no bin/python; run `pulumi install` to make it"
            raise Refused(message)
        return python

    def environ(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """Environment variables for a process that runs in it."""
        variables = {**os.environ, **(extra or {})}
        if self.venv is not None:
            variables.pop("PYTHONHOME", None)
            variables["VIRTUAL_ENV"] = str(self.venv)
            variables["PATH"] = f"{self.venv / 'bin'}{os.pathsep}{variables.get('PATH', os.defpath)}"
        return variables

    def plugins(self) -> Iterator[Plugin]:
        """Resource plugins of the installed Pulumi SDKs, each with name and version."""
        prefix = Path(sys.prefix) if self.venv is None else self.venv
        # Read directly: a call of the other interpreter for its distributions costs 0.2 s at every preview.
        for file in sorted(prefix.glob("lib/python3*/site-packages/pulumi_*/pulumi-plugin.json")):
            plugin: Plugin = json.loads(file.read_text(encoding="utf-8"))
            if plugin.get("resource"):
                name = plugin.get("name") or file.parent.name.removeprefix("pulumi_").replace("_", "-")
                yield {**plugin, "name": name, "version": "v" + plugin["version"].removeprefix("v")}

    def distributions(self) -> list[Distribution]:
        """Installed distributions by name."""
        script = Path(__file__).with_name("distributions.py")
        found: list[Distribution] = json.loads(self.output(str(script)))
        return found

    def output(self, *arguments: str) -> str:
        """Standard output of one run with these arguments. Raises `Refused` if it fails."""
        command = [str(self.python), "-I", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=self.environ(), check=False)
        if done.returncode != 0:
            message = f"{self.python} failed (exit status {done.returncode}): {done.stderr.strip()}"
            raise Refused(message)
        return done.stdout


def interpreter(info: messages.ProgramInfo) -> Interpreter:
    """The interpreter of a project file. Raises `Refused` for an option that is not supported."""
    toolchain = _option(info.options, "toolchain") or "pip"
    if toolchain != "pip":
        message = f"runtime option toolchain: this language host supports pip, not {toolchain}; leave the option out"
        raise Refused(message)
    name = _option(info.options, "virtualenv")
    # The path is not resolved, so a symbolic link to a virtual environment is used under its own name.
    return Interpreter(Path(os.path.abspath(Path(info.root_directory) / name)) if name else None)  # noqa: PTH100


def _option(options: struct_pb2.Struct, name: str) -> str:
    value = options.fields.get(name, struct_pb2.Value())
    if value.WhichOneof("kind") not in (None, "string_value", "null_value"):
        message = f"runtime option {name} must be a text"
        raise Refused(message)
    return value.string_value
