"""A provider as a process."""

from collections.abc import Sequence

from pulumi.runtime.proto import provider_pb2_grpc

from provider.protocol.log import EngineLog
from provider.protocol.provider import Provider
from provider.protocol.service import Service
from provider.protocol.serving import serve

# Each running operation occupies one; with fewer threads, a Cancel could wait behind the work that it should end.
WORKERS = 64


def run(provider: Provider, arguments: Sequence[str], *, service: type[Service] = Service) -> None:
    """Serve until the engine ends the process. `arguments`: options, which are ignored, and the engine's address."""
    addresses = [argument for argument in arguments if not argument.startswith("-")]
    served = service(provider, log=EngineLog(addresses[0] if addresses else ""))
    serve(
        lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(served, server),
        workers=WORKERS,
        stop=provider.cancel,
    )
