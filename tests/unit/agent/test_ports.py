"""A port that is taken is found out before it is needed."""

import socket

import pytest

from agent.model.failure import Failed
from agent.system.ports import require_free


def test_a_port_in_use_is_named_with_its_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(Failed, match=rf"port {port} is in use by \S+ \(process \d+\)"):
            require_free(port)


def test_a_free_port_is_no_obstacle() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    require_free(port)


def test_all_ports_in_use_are_reported_together() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        ports = (one.getsockname()[1], other.getsockname()[1])
        with pytest.raises(Failed, match=rf"port {ports[0]} .*port {ports[1]} "):
            require_free(*ports)
