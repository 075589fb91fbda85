"""The provider as a process."""

from collections.abc import Sequence

from pulumi.runtime.proto import provider_pb2_grpc

from provider.hosts.session import Sessions
from provider.kinds import Kinds
from provider.protocol.log import EngineLog
from provider.protocol.service import Service
from provider.protocol.serving import serve

WORKERS = 64  # each operation under way keeps one; with fewer, a Cancel could wait behind the work it should end


def main(arguments: Sequence[str]) -> None:
    """Serve until the engine ends the process. Arguments: options, not needed here, and the engine's address."""
    addresses = [argument for argument in arguments if not argument.startswith("-")]
    sessions = Sessions()
    service = Service(Kinds(sessions), log=EngineLog(addresses[0] if addresses else ""), cancel=sessions.end)
    serve(
        lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(service, server),
        workers=WORKERS,
        stop=sessions.end,
    )
