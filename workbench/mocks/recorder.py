"""Runs the program in this process, without an engine, and records every resource with its inputs and options."""

import asyncio
import contextlib
import gc
import json
import logging
import os
import runpy
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import pulumi
import pulumi.runtime
from google.protobuf import empty_pb2, json_format
from pulumi.runtime import mocks, settings
from pulumi.runtime.proto import resource_pb2 as wire
from pulumi.runtime.stack import run_in_stack

from provider.protocol.values import SECRET, SIGNATURE
from workbench.mocks.site import PROGRAM, site
from workbench.places import ROOT

Value = None | bool | int | float | str | list["Value"] | dict[str, "Value"]


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One registration. `secrets` holds the paths of secret inputs."""

    type: str
    name: str
    urn: str
    parent: str
    inputs: dict[str, Value]
    secrets: tuple[str, ...]
    state: Mapping[str, object]
    protect: bool
    delete_before_replace: bool
    ignore_changes: tuple[str, ...]
    dependencies: tuple[str, ...]


@dataclass
class Run:
    """The registrations of one run of the program."""

    resources: list[Recorded] = field(default_factory=list)
    outputs: dict[str, Value] = field(default_factory=dict)
    component_outputs: dict[str, dict[str, Value]] = field(default_factory=dict)

    def of(self, type_: str) -> list[Recorded]:
        """The resources of one type, in the order of their registration."""
        return [r for r in self.resources if r.type == type_]

    def one(self, type_: str, name: str) -> Recorded:
        """The only resource of this type and name."""
        return next(r for r in self.of(type_) if r.name == name)


def plain(value: Value, secrets: list[str], path: str = "") -> Value:
    """The wire form as plain data; appends the path of each secret to `secrets`."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            secrets.append(path)
            return plain(value["value"], secrets, path)
        return {k: plain(v, secrets, f"{path}.{k}" if path else k) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v, secrets, f"{path}[{n}]") for n, v in enumerate(value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def decoded(message: object) -> dict[str, Value]:
    """A protobuf Struct as a dictionary; special values keep their wire form."""
    return cast("dict[str, Value]", json_format.MessageToDict(message))  # type: ignore[arg-type]  # a protobuf Struct


class DuplicateUrn(Exception):
    """Two resources have the same URN, which the engine refuses."""


class Recorder(mocks.MockMonitor):
    """Stores each request with its options and secrets, which the SDK's own mock monitor drops."""

    def __init__(self, answers: mocks.Mocks) -> None:
        super().__init__(answers)
        self.run = Run()
        self._lock = threading.Lock()
        self._stack = ""

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """The URN as the engine forms it."""
        # Real URNs have the types of all parents, but not the root stack's; the SDK's have the last one only.
        inside = parent and "::pulumi:pulumi:Stack::" not in parent
        chain = f"{parent.split('::')[2]}${type_}" if inside else type_
        return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{chain}::{name}"

    def RegisterResource(self, request: wire.RegisterResourceRequest) -> wire.RegisterResourceResponse:  # noqa: N802 # gRPC's name
        """Record the request, then respond."""
        response: wire.RegisterResourceResponse = super().RegisterResource(request)  # type: ignore[no-untyped-call]  # the SDK's
        if request.type == "pulumi:pulumi:Stack":
            self._stack = response.urn
            return response
        secrets: list[str] = []
        inputs = cast("dict[str, Value]", plain(decoded(request.object), secrets))
        made = Recorded(
            type=request.type,
            name=request.name,
            urn=response.urn,
            parent=request.parent,
            inputs=inputs,
            secrets=tuple(secrets),
            state=dict(self.resources[response.urn].state),
            protect=request.protect,
            delete_before_replace=request.deleteBeforeReplace,
            ignore_changes=tuple(request.ignoreChanges),
            dependencies=tuple(sorted(request.dependencies)),
        )
        with self._lock:
            if any(other.urn == made.urn for other in self.run.resources):
                raise DuplicateUrn(made.urn)
            self.run.resources.append(made)
        return response

    def RegisterResourceOutputs(self, request: wire.RegisterResourceOutputsRequest) -> empty_pb2.Empty:  # noqa: N802 # gRPC's name
        """Record the outputs of a component or of the stack."""
        outputs = cast("dict[str, Value]", plain(decoded(request.outputs), []))
        if request.urn == self._stack:
            self.run.outputs = outputs
        else:
            self.run.component_outputs[request.urn] = outputs
        return empty_pb2.Empty()


def run_program(
    answers: mocks.Mocks,
    *,
    config: Mapping[str, object],
    preview: bool = False,
    stack: str = "test",
    hidden: Sequence[str] = (),
    program: Callable[[], None] | None = None,
    project: str = "quorate",
) -> Run:
    """Run `__main__.py` with this configuration: keys of the project without its name, sections as plain data.

    `hidden`: whole keys that are secret in the stack's configuration. `program`: the program of another project.
    """
    with without_collections():
        return _run(
            answers, config=config, preview=preview, stack=stack, hidden=hidden, program=program, project=project
        )


@contextlib.contextmanager
def without_collections() -> Iterator[None]:
    """As `__main__.py` runs: looking for garbage takes 40 % of a run."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _run(
    answers: mocks.Mocks,
    *,
    config: Mapping[str, object],
    preview: bool,
    stack: str,
    hidden: Sequence[str],
    program: Callable[[], None] | None,
    project: str,
) -> Run:
    monitor = Recorder(answers)
    features = set(monitor.GetDeploymentInfo(empty_pb2.Empty()).supportedFeatures)  # type: ignore[no-untyped-call]  # the SDK's
    settings.configure(
        mocks.MockSettings(  # type: ignore[no-untyped-call]  # the SDK's
            monitor=monitor,
            monitor_features=features,
            engine=mocks.MockEngine(logging.getLogger("pulumi.mock")),
            project=project,
            stack=stack,
            dry_run=preview,
            organization="organization",
            callbacks=None,
        )
    )
    # An output of before, such as a test's parameter, belongs to an event loop that never runs again: the program's end
    # would wait for it forever.
    settings.SETTINGS.outputs.clear()
    settings.set_root_resource(None)  # type: ignore[arg-type]  # as the SDK's own tests do between two programs
    texts = {k if ":" in k else f"{project}:{k}": v if isinstance(v, str) else json.dumps(v) for k, v in config.items()}
    pulumi.runtime.set_all_config(texts, list(hidden))
    os.environ["PULUMI_CONFIG"] = json.dumps(texts)
    sys.path.insert(0, str(ROOT))
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(run_in_stack(program or _main))
    finally:
        os.environ.pop("PULUMI_CONFIG")
        sys.path.remove(str(ROOT))
        loop.close()
        asyncio.set_event_loop(asyncio.new_event_loop())
    return monitor.run


def _main() -> None:
    with contextlib.chdir(site()):
        runpy.run_path(str(site() / PROGRAM), run_name="__main__")
