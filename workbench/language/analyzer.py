"""Front of a policy pack: waits for the engine's settings of the stack, then starts the pack with them.

A pack reads project, stack and configuration from its environment while it is imported, and the engine sends
them over the connection to the pack. So this process responds first and forwards every later call as bytes.
"""

import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import grpc
from pulumi.runtime.proto import analyzer_pb2

from provider.protocol.serving import OPTIONS, serve

SERVICE = "/pulumirpc.Analyzer/"

if TYPE_CHECKING:  # the types have parameters only in the stubs
    Handler = grpc.RpcMethodHandler[bytes, bytes]
    Handlers = grpc.GenericRpcHandler[bytes, bytes]
else:
    Handler, Handlers = grpc.RpcMethodHandler, grpc.GenericRpcHandler


class NotStarted(Exception):
    """The pack exited before it served; its own output says why."""


class Front(Handlers):
    """Forwards the engine's calls to the pack that `command` starts."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: grpc.Channel | None = None
        self._starting = threading.Lock()

    def service(self, details: grpc.HandlerCallDetails) -> Handler:
        """The handler of a method for gRPC: this object handles all of them."""

        def forward(request: bytes, context: grpc.ServicerContext) -> bytes:
            if details.method == SERVICE + "Handshake":
                # The engine then sends ConfigureStack, with the settings for the start of the pack.
                context.abort(grpc.StatusCode.UNIMPLEMENTED, "the pack is not started yet")
            settings = analyzer_pb2.AnalyzerStackConfigureRequest()
            if details.method == SERVICE + "ConfigureStack":
                settings.ParseFromString(request)
            try:
                answer: bytes = self._pack(settings).unary_unary(details.method, _same, _same)(request)
            except grpc.RpcError as error:
                context.abort(error.code(), error.details() or "")
            except NotStarted as error:
                context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
            return answer

        return grpc.unary_unary_rpc_method_handler(forward)

    def stop(self) -> None:
        """Stop the pack."""
        if self._process is not None:
            self._process.terminate()

    def _pack(self, settings: analyzer_pb2.AnalyzerStackConfigureRequest) -> grpc.Channel:
        with self._starting:
            if self._channel is None:
                variables = {**os.environ, **_variables(settings)}
                self._process = subprocess.Popen(self.command, env=variables, stdout=subprocess.PIPE)
                line = self._process.stdout.readline().strip() if self._process.stdout else b""
                if not line.isdigit():
                    message = f"the policy pack did not start (exit status {self._process.wait()})"
                    raise NotStarted(message)
                self._channel = grpc.insecure_channel(f"127.0.0.1:{int(line)}", options=OPTIONS)
            return self._channel


def _same(message: bytes) -> bytes:
    return message


def _variables(settings: analyzer_pb2.AnalyzerStackConfigureRequest) -> dict[str, str]:
    """The variables that the SDK reads while a pack is imported (pulumi.runtime.settings, pulumi_policy)."""
    if not settings.stack:
        return {}
    return {
        "PULUMI_PROJECT": settings.project,
        "PULUMI_STACK": settings.stack,
        "PULUMI_ORGANIZATION": settings.organization,
        "PULUMI_CONFIG": json.dumps(dict(settings.config)),
        "PULUMI_DRY_RUN": str(settings.dry_run).lower(),
    }


def main() -> None:
    """Arguments: the pack's interpreter, its folder, then the engine's arguments for the pack."""
    python, folder, *arguments = sys.argv[1:]
    front = Front([python, "-u", "-m", "pulumi.policy", *arguments, folder])
    serve(lambda server: server.add_generic_rpc_handlers((front,)), workers=16, stop=front.stop)
