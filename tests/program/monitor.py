"""The recorder as the engine's resource monitor, on a port: for components that a plugin builds."""

# ruff: noqa: N802, ARG002 -- names and parameters of the methods are those of resource.proto

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2 as pb
from pulumi.runtime.proto import resource_pb2_grpc

from workbench.mocks.recorder import Recorder, Run

Context = grpc.ServicerContext


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Passes each request to the recorder."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def SupportsFeature(self, request: pb.SupportsFeatureRequest, context: Context) -> pb.SupportsFeatureResponse:
        return pb.SupportsFeatureResponse(hasSupport=request.id in ("secrets", "resourceReferences", "outputValues"))

    def RegisterResource(self, request: pb.RegisterResourceRequest, context: Context) -> pb.RegisterResourceResponse:
        return self._recorder.RegisterResource(request)

    def RegisterResourceOutputs(self, request: pb.RegisterResourceOutputsRequest, context: Context) -> empty_pb2.Empty:
        return self._recorder.RegisterResourceOutputs(request)


@contextmanager
def monitor(answers: mocks.Mocks) -> Iterator[tuple[str, Run]]:
    """Serve until the end of the block; yields the address and what is recorded."""
    recorder = Recorder(answers)
    server = grpc.server(ThreadPoolExecutor(max_workers=16))
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(Monitor(recorder), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}", recorder.run
    server.stop(None)
