"""The language host as Pulumi's own behaves around a program: pip's list first, then the exec script of its SDK.

The official host is no public Go module, so its calls are repeated here; the script that it starts is the official one.
"""
# ruff: noqa: N802 -- names of the methods are those of language.proto

import json
import subprocess
import sys
from pathlib import Path

from pulumi.runtime.proto import language_pb2 as messages
from pulumi.runtime.proto import language_pb2_grpc

from provider.protocol.serving import serve
from workbench.language.host import Context, PythonLanguage
from workbench.language.interpreter import interpreter
from workbench.language.processes import Command


class OfficialHost(PythonLanguage):
    """Runs programs with the official script and without any variable of this project."""

    def __init__(self, engine: str, script: Path) -> None:
        super().__init__(engine, [])
        self._script = script

    def GetRequiredPackages(
        self, request: messages.GetRequiredPackagesRequest, context: Context
    ) -> messages.GetRequiredPackagesResponse:
        used = interpreter(request.info)
        subprocess.run([used.python, "-m", "pip", "list", "--format", "json"], check=True, capture_output=True)
        return super().GetRequiredPackages(request, context)

    def Run(self, request: messages.RunRequest, context: Context) -> messages.RunResponse:
        used = interpreter(request.info)
        options = {
            "monitor": request.monitor_address,
            "engine": self.engine,
            "project": request.project,
            "root_directory": request.info.root_directory,
            "pwd": request.pwd,
            "dry_run": str(request.dryRun).lower(),
            "parallel": str(request.parallel),
            "stack": request.stack,
            "organization": request.organization,
        }
        words = [word for name, value in options.items() if value for word in (f"--{name}", value)]
        variables = {
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        entry = request.info.entry_point or "."
        arguments = [str(used.python), "-u", str(self._script), *words, entry, *request.args]
        command = Command(arguments=arguments, env=used.environ(variables), cwd=Path(request.pwd))
        status = self.processes.run(command, context)
        return messages.RunResponse(error=f"Program exited with non-zero exit code: {status}" if status else "")


def main() -> None:
    script, *rest = sys.argv[1:]
    addresses = [argument for argument in rest if not argument.startswith("-")]
    host = OfficialHost(addresses[-1] if addresses else "", Path(script))
    serve(
        lambda server: language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server),
        workers=64,
        stop=host.processes.end,
    )


if __name__ == "__main__":
    main()
