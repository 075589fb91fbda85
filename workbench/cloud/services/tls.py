"""HTTPS on an address of the region, in front of a WSGI application."""

import socket
import ssl
import threading

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import ThreadedWSGIServer

from workbench.cloud.journal import Application

PORT = 443
HANDSHAKE_SECONDS = 20.0


class _Server(ThreadedWSGIServer):
    daemon_threads = True
    context: ssl.SSLContext

    def finish_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """Handshake in the request's own thread: a client that never finishes it does not block others."""
        if not isinstance(request, socket.socket):
            return
        request.settimeout(HANDSHAKE_SECONDS)
        try:
            secured = self.context.wrap_socket(request, server_side=True)
        except OSError:
            return
        secured.settimeout(None)
        super().finish_request(secured, client_address)
        try:
            secured.unwrap()
        except (OSError, ValueError):
            return


def serve(application: Application, context: ssl.SSLContext, address: str, port: int = PORT) -> ThreadedWSGIServer:
    """Start a server with its own threads."""
    server = _Server(address, port, application, MotoRequestHandler)
    server.context = context
    threading.Thread(target=server.serve_forever, name=f"https {address}", daemon=True).start()
    return server
