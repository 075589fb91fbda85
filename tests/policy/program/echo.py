"""A provider for every package: what is wished for is what there is. The engine finds it by PULUMI_DEBUG_PROVIDERS."""
# ruff: noqa: N802, ARG002 -- names and parameters of the methods are those of provider.proto

from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as pb

PACKAGES = ("aws", "tls", "quorate", "kubernetes", "command")
Context = grpc.ServicerContext


class Echo(provider_pb2_grpc.ResourceProviderServicer):
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

    def Delete(self, request: pb.DeleteRequest, context: Context) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def Cancel(self, request: empty_pb2.Empty, context: Context) -> empty_pb2.Empty:
        return empty_pb2.Empty()


@contextmanager
def serving() -> Iterator[str]:
    """Value of PULUMI_DEBUG_PROVIDERS while the provider serves on a free loopback port."""
    options = [("grpc.max_receive_message_length", 1 << 28)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8), options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Echo(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield ",".join(f"{package}:{port}" for package in PACKAGES)
    server.stop(0)
