import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from workbench.cloud.services.authority import Authority

NAME = "bucket.s3.eu-west-1.amazonaws.com"
CLIENTS = 8


def test_clients_that_ask_for_a_name_at_the_same_time_all_trust_its_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    server = authority.server()
    trusting = ssl.create_default_context(cafile=str(authority.file))

    def shaken(_: int) -> str:
        ours, theirs = socket.socketpair()
        answering = threading.Thread(target=lambda: server.wrap_socket(theirs, server_side=True).close(), daemon=True)
        answering.start()
        with trusting.wrap_socket(ours, server_hostname=NAME) as connection:
            return str(connection.version())

    with ThreadPoolExecutor(CLIENTS) as clients:
        assert set(clients.map(shaken, range(CLIENTS))) == {"TLSv1.3"}
