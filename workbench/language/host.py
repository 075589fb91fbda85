"""The LanguageRuntime service of the engine, for Python (language.proto)."""
# ruff: noqa: N802, D102, ARG002 -- names and parameters of the methods are those of language.proto

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2 as messages
from pulumi.runtime.proto import language_pb2_grpc, plugin_pb2

from provider.protocol.serving import serve
from workbench.language.installing import commands
from workbench.language.interpreter import Refused, interpreter
from workbench.language.processes import Command, Processes
from workbench.language.program import SHOWN_TO_USER
from workbench.programs.catalog import pulumi_version

PROGRAM = Path(__file__).with_name("program.py")
Context = grpc.ServicerContext


@contextmanager
def _answering(context: Context) -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(refused))


class PythonLanguage(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs programs, policy packs and plugins. `analyzer` is the command that starts the front of a policy pack."""

    def __init__(self, engine: str, analyzer: list[str]) -> None:
        self.engine = engine
        self.analyzer = analyzer
        self.processes = Processes()

    def Handshake(
        self, request: messages.LanguageHandshakeRequest, context: Context
    ) -> messages.LanguageHandshakeResponse:
        self.engine = request.engine_address or self.engine
        return messages.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: Context) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=pulumi_version())

    def GetRequiredPackages(
        self, request: messages.GetRequiredPackagesRequest, context: Context
    ) -> messages.GetRequiredPackagesResponse:
        with _answering(context):
            packages = [
                plugin_pb2.PackageDependency(
                    kind="resource", name=plugin["name"], version=plugin["version"], server=plugin.get("server", "")
                )
                for plugin in interpreter(request.info).plugins()
            ]
            return messages.GetRequiredPackagesResponse(packages=packages)

    def GetProgramDependencies(
        self, request: messages.GetProgramDependenciesRequest, context: Context
    ) -> messages.GetProgramDependenciesResponse:
        with _answering(context):
            found = interpreter(request.info).distributions()
            shown = [
                messages.DependencyInfo(name=each["name"], version=each["version"])
                for each in found
                if each["direct"] or request.transitiveDependencies
            ]
            return messages.GetProgramDependenciesResponse(dependencies=shown)

    def About(self, request: messages.AboutRequest, context: Context) -> messages.AboutResponse:
        with _answering(context):
            used = interpreter(request.info)
            version = used.output("-c", "import platform; print(platform.python_version())").strip()
            about = {"toolchain": "pip", "host": f"stand-in for the language host of Pulumi {pulumi_version()}"}
            return messages.AboutResponse(executable=str(used.python), version=version, metadata=about)

    def RuntimeOptionsPrompts(
        self, request: messages.RuntimeOptionsRequest, context: Context
    ) -> messages.RuntimeOptionsResponse:
        return messages.RuntimeOptionsResponse()

    def Template(self, request: messages.TemplateRequest, context: Context) -> messages.TemplateResponse:
        return messages.TemplateResponse()

    def InstallDependencies(
        self, request: messages.InstallDependenciesRequest, context: Context
    ) -> Iterator[messages.InstallDependenciesResponse]:
        with _answering(context):
            used = interpreter(request.info)
            folder = _folder(request.info)
            for arguments in commands(used, folder):
                command = Command(arguments=arguments, env=used.environ(), cwd=folder)
                for piece in self.processes.stream(command, context):
                    if piece == 0:
                        continue
                    if isinstance(piece, int):
                        message = f"{' '.join(arguments)} failed with exit status {piece}"
                        raise Refused(message)
                    if piece.error:
                        yield messages.InstallDependenciesResponse(stderr=piece.data)
                    else:
                        yield messages.InstallDependenciesResponse(stdout=piece.data)

    def Run(self, request: messages.RunRequest, context: Context) -> messages.RunResponse:
        with _answering(context):
            used = interpreter(request.info)
            entry = request.info.entry_point or "."
            command = Command(
                arguments=[str(used.python), "-u", str(PROGRAM), entry, *request.args],
                env=used.environ(_program_variables(request, self.engine)),
                cwd=Path(request.pwd or request.info.program_directory),
            )
            status = self.processes.run(command, context)
        if status == SHOWN_TO_USER:
            return messages.RunResponse(bail=True)
        return messages.RunResponse(error=f"the program ended with exit status {status}" if status else "")

    def RunPlugin(self, request: messages.RunPluginRequest, context: Context) -> Iterator[messages.RunPluginResponse]:
        with _answering(context):
            used = interpreter(request.info)
            folder = _folder(request.info)
            if request.kind == "analyzer":
                arguments, cwd = [*self.analyzer, str(used.python), str(folder), *request.args], folder
            else:
                arguments, cwd = [str(used.python), "-u", str(folder), *request.args], Path(request.pwd or folder)
            variables = used.environ(dict(pair.split("=", 1) for pair in request.env))
            for piece in self.processes.stream(Command(arguments=arguments, env=variables, cwd=cwd), context):
                if isinstance(piece, int):
                    yield messages.RunPluginResponse(exitcode=piece)
                elif piece.error:
                    yield messages.RunPluginResponse(stderr=piece.data)
                else:
                    yield messages.RunPluginResponse(stdout=piece.data)

    def Cancel(self, request: empty_pb2.Empty, context: Context) -> empty_pb2.Empty:
        self.processes.end()
        return empty_pb2.Empty()


def _folder(info: messages.ProgramInfo) -> Path:
    return Path(info.program_directory or info.root_directory)


def _program_variables(request: messages.RunRequest, engine: str) -> dict[str, str]:
    settings = {
        "monitor": request.monitor_address,
        "engine": engine,
        "project": request.project,
        "stack": request.stack,
        "parallel": request.parallel,
        "dry_run": request.dryRun,
        "organization": request.organization,
        "root_directory": request.info.root_directory,
    }
    return {
        "PULUMI_CONFIG": json.dumps(dict(request.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        "QUORATE_PROGRAM": json.dumps(settings),
    }


def main() -> None:
    """Arguments: options of the engine, which are ignored, and its address."""
    addresses = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    root = Path(__file__).parents[2]
    code = f"import sys; sys.path.insert(0, {str(root)!r}); from provider.protocol.lean import skip_sdk; skip_sdk(); "
    front = [sys.executable, "-I", "-u", "-c", code + "from workbench.language.analyzer import main; main()"]
    host = PythonLanguage(addresses[-1] if addresses else "", analyzer=front)
    serve(
        lambda server: language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server),
        workers=64,  # each running program or plugin occupies one
        stop=host.processes.end,
    )
