"""A name server on one address, over UDP and TCP."""

import socketserver
import struct
import threading
from collections.abc import Callable

from workbench.cloud.names.message import Answer, question, response

PORT = 53
Resolve = Callable[[str], Answer]


class NameServer:
    """`resolve` returns the response for a name."""

    def __init__(self, address: str, resolve: Resolve, *, port: int = PORT) -> None:
        class Datagrams(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                packet, source = self.request
                answer = _answer(packet, resolve)
                if answer:
                    source.sendto(answer, self.client_address)

        class Streams(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                while len(head := self.rfile.read(2)) == 2:  # noqa: PLR2004  bytes of the length
                    answer = _answer(self.rfile.read(struct.unpack("!H", head)[0]), resolve)
                    self.wfile.write(struct.pack("!H", len(answer)) + answer)

        datagrams = socketserver.ThreadingUDPServer((address, port), Datagrams)
        self.port = int(datagrams.server_address[1])
        streams = _Streams((address, self.port), Streams)
        self._servers = (datagrams, streams)
        for server in self._servers:
            threading.Thread(target=server.serve_forever, name=f"names {address}", daemon=True).start()

    def stop(self) -> None:
        """Stop serving."""
        for server in self._servers:
            server.shutdown()
            server.server_close()


class _Streams(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def _answer(packet: bytes, resolve: Resolve) -> bytes:
    try:
        asked = question(packet)
    except ValueError:
        return b""
    return response(asked, resolve(asked.name))
