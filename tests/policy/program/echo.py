"""A provider for every package, whose resources are what their inputs say. PULUMI_DEBUG_PROVIDERS names it."""
# ruff: noqa: N802, ARG002 -- names and parameters of the methods are those of provider.proto

from collections.abc import Iterator, Mapping
from concurrent import futures
from contextlib import contextmanager

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as pb

PACKAGES = ("aws", "tls", "quorate", "kubernetes", "command", "libvirt")
Context = grpc.ServicerContext
Results = Mapping[str, Mapping[str, object]]


class Echo(provider_pb2_grpc.ResourceProviderServicer):
    """`results`: what a function returns beside its own arguments, by the function's token."""

    def __init__(self, results: Results) -> None:
        self._results = results

    def Attach(self, request: plugin_pb2.PluginAttach, context: Context) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: Context) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version="0.0.1")

    def GetSchema(self, request: pb.GetSchemaRequest, context: Context) -> pb.GetSchemaResponse:
        return pb.GetSchemaResponse(schema="{}")

    def CheckConfig(self, request: pb.CheckRequest, context: Context) -> pb.CheckResponse:
        return pb.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: pb.DiffRequest, context: Context) -> pb.DiffResponse:
        return pb.DiffResponse(changes=pb.DiffResponse.DIFF_NONE)

    def Configure(self, request: pb.ConfigureRequest, context: Context) -> pb.ConfigureResponse:
        return pb.ConfigureResponse(supportsPreview=True, acceptSecrets=True)

    def Check(self, request: pb.CheckRequest, context: Context) -> pb.CheckResponse:
        return pb.CheckResponse(inputs=request.news)

    def Diff(self, request: pb.DiffRequest, context: Context) -> pb.DiffResponse:
        return pb.DiffResponse(changes=pb.DiffResponse.DIFF_UNKNOWN)

    def Create(self, request: pb.CreateRequest, context: Context) -> pb.CreateResponse:
        return pb.CreateResponse(id="" if request.preview else "id", properties=request.properties)

    def Invoke(self, request: pb.InvokeRequest, context: Context) -> pb.InvokeResponse:
        if request.tok not in self._results:
            context.abort(grpc.StatusCode.NOT_FOUND, f"this provider has no function {request.tok}")
        values = {"id": request.tok, **json_format.MessageToDict(request.args), **self._results[request.tok]}
        # A keyword of Python, which neither the stubs nor a keyword argument can name.
        result = json_format.ParseDict(values, struct_pb2.Struct())
        return pb.InvokeResponse(**{"return": result})  # type: ignore[arg-type]  # as above

    def Delete(self, request: pb.DeleteRequest, context: Context) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def Cancel(self, request: empty_pb2.Empty, context: Context) -> empty_pb2.Empty:
        return empty_pb2.Empty()


@contextmanager
def serving(results: Results | None = None) -> Iterator[str]:
    """Value of PULUMI_DEBUG_PROVIDERS while the provider serves on a free loopback port."""
    options = [("grpc.max_receive_message_length", 1 << 28)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8), options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Echo(results or {}), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield ",".join(f"{package}:{port}" for package in PACKAGES)
    server.stop(0)
