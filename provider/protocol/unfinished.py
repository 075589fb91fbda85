"""The answer of an operation that failed after it had changed something: the engine keeps what is known."""

from collections.abc import Mapping, Sequence

import grpc
from google.protobuf import any_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

from provider.protocol.values import Value, encode


def abort_unfinished(
    context: grpc.ServicerContext, reasons: Sequence[str], *, identity: str, state: Mapping[str, Value]
) -> None:
    """End the call with the resource inside the error (Pulumi's ErrorResourceInitFailed)."""
    detail = any_pb2.Any()
    detail.Pack(provider_pb2.ErrorResourceInitFailed(id=identity, properties=encode(state), reasons=reasons))
    code, text = grpc.StatusCode.UNKNOWN, "; ".join(reasons)
    status = status_pb2.Status(code=code.value[0], message=text, details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(code, text)
