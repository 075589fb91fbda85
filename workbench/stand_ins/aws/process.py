"""A running Terraform provider: the plugin handshake, then plugin protocol 5 over gRPC."""

import ctypes
import os
import signal
import subprocess
from pathlib import Path
from typing import TypeVar

import grpc

from provider.protocol.serving import OPTIONS
from workbench.stand_ins.aws.diagnostics import Problem
from workbench.stand_ins.aws.protocol import tfplugin5_pb2 as pb

# A provider refuses to start without this value, which only a plugin host sets (Terraform's own value).
MAGIC_COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
PROTOCOL = "5"
PR_SET_PDEATHSIG = 1  # Linux, prctl(2)

Response = TypeVar(
    "Response",
    pb.SchemaResponse,
    pb.PrepareResponse,
    pb.DiagnosticsResponse,
    pb.UpgradeResponse,
    pb.ReadResponse,
    pb.PlanResponse,
    pb.ApplyResponse,
    pb.ImportResponse,
    pb.DataResponse,
)
Request = (
    pb.SchemaRequest
    | pb.PrepareRequest
    | pb.ConfigureRequest
    | pb.ValidateRequest
    | pb.UpgradeRequest
    | pb.ReadRequest
    | pb.PlanRequest
    | pb.ApplyRequest
    | pb.ImportRequest
    | pb.DataRequest
    | pb.StopRequest
)


class NotAnswering(Exception):
    """The Terraform provider did not respond to a call."""


class NoHandshake(Exception):
    """The program is not a provider of plugin protocol 5."""


class TerraformProvider:
    """One provider process, which exits with this one."""

    def __init__(self, program: Path) -> None:
        self.program = program
        variables = {**os.environ, "TF_PLUGIN_MAGIC_COOKIE": MAGIC_COOKIE, "PLUGIN_PROTOCOL_VERSIONS": PROTOCOL}
        # Without a client certificate the provider serves plain text, on a Unix socket of this user.
        variables.pop("PLUGIN_CLIENT_CERT", None)
        with Path(os.environ.get("TF_LOG_PATH") or os.devnull).open("ab") as log:
            self._process = subprocess.Popen(
                [str(program)],
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 -- no thread has been started yet
            )
        self._channel = grpc.insecure_channel(self._address(), options=[*OPTIONS])

    def _address(self) -> str:
        line = self._process.stdout.readline().decode().strip() if self._process.stdout else ""
        # go-plugin's handshake: CORE-VERSION|PROTOCOL|NETWORK|ADDRESS|grpc|...
        match line.split("|"):
            case [_, version, network, address, "grpc", *_] if version == PROTOCOL:
                return f"unix:{address}" if network == "unix" else address
        self._process.kill()
        message = f"{self.program} is not a Terraform provider of protocol {PROTOCOL}: it printed {line!r}"
        raise NoHandshake(message)

    def call(self, method: str, request: Request, response_type: type[Response]) -> Response:
        """Call one method; error diagnostics raise `Problem`, except those of an apply, which come with a state."""
        rpc = self._channel.unary_unary(
            f"/tfplugin5.Provider/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=response_type.FromString,
        )
        try:
            response: Response = rpc(request)
        except grpc.RpcError as error:
            message = f"the Terraform provider does not respond: {error}"
            raise NotAnswering(message) from None
        problem = Problem(response.diagnostics)
        if problem.diagnostics and method != "ApplyResourceChange":
            raise problem
        return response

    def interrupt(self) -> None:
        """Let the provider stop its waits."""
        rpc = self._channel.unary_unary(
            "/tfplugin5.Provider/Stop",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=pb.StopResponse.FromString,
        )
        rpc(pb.StopRequest())

    def stop(self) -> None:
        """Stop the process."""
        self._channel.close()
        self._process.kill()
        self._process.wait()


def _end_with_parent() -> None:
    # The engine may kill this process at any time, and the provider would stay.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
