"""Exceptions of a provider as the engine's errors."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import grpc
from google.protobuf import any_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

from provider.protocol.messages import PartialFailure, Refused
from provider.protocol.provider import Provider
from provider.protocol.values import Properties, encode


@contextmanager
def answering(
    provider: Provider,
    context: grpc.ServicerContext,
    encoded: Callable[[Properties], struct_pb2.Struct] = encode,
) -> Iterator[None]:
    """Wraps the work of one call; an exception ends the call with a status. `encoded`: the form of a state."""
    try:
        yield
    except PartialFailure as failure:
        _abort_with_state(context, failure, encoded(failure.state))
    except Exception as error:  # noqa: BLE001 -- gRPC would answer "Exception calling application" without a place
        if isinstance(error, (Refused, *provider.refusals)):
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        # The place without the values: an error's own text may repeat an input, and an input may be a key.
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{type(error).__name__} in {last.name}, line {last.lineno} of {last.filename}"
        context.abort(grpc.StatusCode.INTERNAL, f"a defect of the {provider.title}: {place}")


def _abort_with_state(context: grpc.ServicerContext, failure: PartialFailure, state: struct_pb2.Struct) -> None:
    """End the call with the resource inside the error (Pulumi's ErrorResourceInitFailed)."""
    detail = any_pb2.Any()
    detail.Pack(provider_pb2.ErrorResourceInitFailed(id=failure.id, properties=state, reasons=failure.reasons))
    code, text = grpc.StatusCode.UNKNOWN, str(failure)
    status = status_pb2.Status(code=code.value[0], message=text, details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(code, text)
