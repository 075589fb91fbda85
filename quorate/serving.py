"""The plugin of the package: the provider's resources, the schema, and the components for other languages."""

import json
from collections.abc import Sequence

import grpc
from pulumi.runtime.proto import provider_pb2 as pb

from plan import Refused
from provider.hosts.session import Sessions
from provider.kinds import Kinds
from provider.protocol.errors import answering
from provider.protocol.plugin import run
from provider.protocol.service import Service
from provider.quorate import Quorate
from quorate.schema import COMPONENTS, package_schema


class Package(Quorate):
    """The provider `quorate` with its components. A refused plan reaches the user as it is."""

    refusals = (Refused,)

    def require(self, token: str) -> None:
        """Find the component, or the kind of a resource."""
        if token not in COMPONENTS:
            super().require(token)


class PackageService(Service):
    """Adds the schema and the construction of components to the provider's calls."""

    accepts_secrets = True

    def GetSchema(self, request: pb.GetSchemaRequest, context: grpc.ServicerContext) -> pb.GetSchemaResponse:  # noqa: N802, ARG002 # gRPC's
        """The schema of the components."""
        return pb.GetSchemaResponse(schema=json.dumps(package_schema(self.provider.version)))

    def Construct(self, request: pb.ConstructRequest, context: grpc.ServicerContext) -> pb.ConstructResponse:  # noqa: N802 # gRPC's
        """Build a component."""
        # The components load the SDKs of AWS and Kubernetes, which the provider's other calls do not need.
        import pulumi  # noqa: PLC0415

        from quorate.construction import construct  # noqa: PLC0415

        with answering(self.provider, context):
            self.provider.require(request.type)
            try:
                return construct(request, self.log.address)
            except pulumi.RunError as error:
                context.abort(grpc.StatusCode.UNKNOWN, str(error))
                raise


def main(arguments: Sequence[str]) -> None:
    """Serve until the engine ends the process."""
    sessions = Sessions()
    run(Package(Kinds(sessions), sessions), arguments, service=PackageService)
