"""How calls of the engine end: with an answer, with the provider's own words, or with a resource that is half there."""

import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import grpc
from google.protobuf import any_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, status_pb2
from pulumi.runtime.proto import provider_pb2 as provider

from workbench.stand_ins.aws.configuration import Unknown
from workbench.stand_ins.aws.conversion import BadInput
from workbench.stand_ins.aws.diagnostics import Problem, text
from workbench.stand_ins.aws.protocol import tfplugin5_pb2 as pb

Context = grpc.ServicerContext


class Answering:
    """Turns exceptions into statuses and warnings into lines of the engine's log."""

    def __init__(self, engine: engine_pb2_grpc.EngineStub | None) -> None:
        self._engine = engine

    @contextmanager
    def __call__(self, context: Context) -> Iterator[None]:
        """Around the work of one call. `abort` raises, also from inside it."""
        try:
            yield
        except (Problem, BadInput, Unknown, LookupError) as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except grpc.RpcError as error:
            context.abort(grpc.StatusCode.UNAVAILABLE, f"the Terraform provider does not answer: {error}")
        except (ArithmeticError, AttributeError, OSError, RuntimeError, TypeError, ValueError) as error:
            # The place without the values: an error's own text may repeat an input, and an input may be a key.
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{type(error).__name__} in {last.name}, line {last.lineno} of {last.filename}"
            context.abort(grpc.StatusCode.INTERNAL, f"aws stand-in: {place}")

    def warn(self, diagnostics: Iterable[pb.Diagnostic], urn: str = "") -> None:
        """Show warnings of the Terraform provider."""
        if self._engine is None:
            return
        for each in diagnostics:
            self._engine.Log(engine_pb2.LogRequest(severity=engine_pb2.WARNING, urn=urn, message=text(each)))


def half_done(context: Context, detail: provider.ErrorResourceInitFailed) -> NoReturn:
    """The resource exists but is not as wanted: tell the engine both, so that it keeps what there is."""
    packed = any_pb2.Any()
    packed.Pack(detail)
    message = "\n".join(detail.reasons)
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message, details=[packed])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, message)
    raise AssertionError(message)  # abort does not return, which its types do not say
