"""The engine's log, which shows the user the progress of an operation."""

from contextlib import suppress

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

SECONDS = 5.0  # seconds; an engine that does not accept a line within this time is not listening


class EngineLog:
    """The engine's log service. Without an address or an engine, lines are dropped."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._engine: engine_pb2_grpc.EngineStub | None = None

    @property
    def address(self) -> str:
        """The engine's address, empty if it is not known."""
        return self._address

    def connect(self, address: str) -> None:
        """Use the engine at this address from now on."""
        if address and address != self._address:
            self._address, self._engine = address, None

    def write(self, request: engine_pb2.LogRequest) -> None:
        """Send one line."""
        if not self._address:
            return
        if self._engine is None:
            self._engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(self._address))
        with suppress(grpc.RpcError):  # an operation must not fail because of its progress line
            self._engine.Log(request, timeout=SECONDS)


class Progress:
    """Lines about one resource."""

    def __init__(self, log: EngineLog, urn: str) -> None:
        self._log = log
        self._urn = urn

    def status(self, text: str) -> None:
        """The current activity, shown on the resource's row until the next one."""
        self._log.write(engine_pb2.LogRequest(severity=engine_pb2.INFO, message=text, urn=self._urn, ephemeral=True))

    def info(self, text: str) -> None:
        """A permanent line."""
        self._log.write(engine_pb2.LogRequest(severity=engine_pb2.INFO, message=text, urn=self._urn))

    def warning(self, text: str) -> None:
        """A permanent warning."""
        self._log.write(engine_pb2.LogRequest(severity=engine_pb2.WARNING, message=text, urn=self._urn))
