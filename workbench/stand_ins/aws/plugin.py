"""The `aws` plugin's process."""

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path

import grpc
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2_grpc

from provider.protocol.serving import serve
from workbench.places import TERRAFORM_PROVIDER
from workbench.stand_ins.aws.answers import Answering
from workbench.stand_ins.aws.binary import ABSENT, find
from workbench.stand_ins.aws.process import TerraformProvider
from workbench.stand_ins.aws.service import Service

# Most of the calls wait for the cloud, and the engine makes as many at once as it has resources.
WORKERS = 64


def version() -> str:
    """Version of the plugin that the installed SDK asks for."""
    spec = find_spec("pulumi_aws")
    if spec is None or spec.origin is None:
        message = "pulumi_aws is not installed; `make setup` installs it"
        raise LookupError(message)
    plugin: dict[str, str] = json.loads(Path(spec.origin).with_name("pulumi-plugin.json").read_text(encoding="utf-8"))
    return plugin["version"]


def main() -> None:
    """Serve the engine, whose own address is the first argument."""
    program = TERRAFORM_PROVIDER.resolve() if TERRAFORM_PROVIDER.exists() else find(os.environ)
    if program is None:
        sys.exit(ABSENT)
    terraform = TerraformProvider(program)
    address = sys.argv[1] if len(sys.argv) > 1 else None
    engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address)) if address else None
    service = Service(terraform, Answering(engine), version=version())
    serve(
        lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(service, server),
        workers=WORKERS,
        stop=terraform.stop,
    )
