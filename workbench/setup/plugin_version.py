"""`python -m workbench.setup.plugin_version PROGRAM`: print the version that a resource plugin reports.

Uses the plugin protocol, because some official plugins, such as kubernetes, lack a `-version` flag.
"""

import subprocess
import sys

from provider.protocol.lean import skip_sdk

skip_sdk()

import grpc  # noqa: E402 -- the line above
from google.protobuf import empty_pb2  # noqa: E402
from pulumi.runtime.proto import provider_pb2_grpc  # noqa: E402

SECONDS = 20


def main() -> int:
    """0 and the version on standard output; 1 if the program is not a plugin."""
    with subprocess.Popen(
        [sys.argv[1], ""], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as plugin:
        try:
            port = plugin.stdout.readline().strip() if plugin.stdout else ""
            with grpc.insecure_channel(f"127.0.0.1:{int(port)}") as channel:
                stub = provider_pb2_grpc.ResourceProviderStub(channel)
                found = stub.GetPluginInfo(empty_pb2.Empty(), timeout=SECONDS, wait_for_ready=True)
        except (ValueError, grpc.RpcError):
            return 1
        finally:
            plugin.kill()
    sys.stdout.write(f"{found.version}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
