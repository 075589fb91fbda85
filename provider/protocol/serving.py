"""Serving a plugin as the engine expects it: the port on standard output, an end at its signal or with its parent."""

import os
import signal
import socket
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import grpc

from provider.protocol.parent import end_with_parent

# Pulumi's own limit for one message: 400 MB.
LARGEST_MESSAGE = 400 * 1024 * 1024
OPTIONS = (("grpc.max_receive_message_length", LARGEST_MESSAGE), ("grpc.max_send_message_length", LARGEST_MESSAGE))

GRACE_SECONDS = 3.0


def serve(register: Callable[[grpc.Server], None], *, workers: int, stop: Callable[[], None] = lambda: None) -> None:
    """Serve what `register` adds until SIGINT, SIGTERM or the parent's end, then call `stop` and exit.

    Does not return. `workers`: threads; each running call occupies one.
    """
    server = grpc.server(ThreadPoolExecutor(max_workers=workers), options=OPTIONS)
    register(server)
    port = server.add_insecure_port("127.0.0.1:0")
    stopped = _stop_signal()
    end_with_parent()
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    stopped.recv(1)
    stop()
    # A call that `stop` ended still sends its response with the state it reached. The engine waits for 5 s.
    # With our own timeout, because a front process whose policy pack had been killed waited here for an hour.
    server.stop(GRACE_SECONDS).wait(GRACE_SECONDS + 1)
    sys.stderr.flush()
    os._exit(0)  # does not wait for the worker threads: the engine kills a plugin 5 s after its signal


def _stop_signal() -> socket.socket:
    """Return a socket that gets a byte for SIGINT or SIGTERM, whichever thread the kernel hands the signal to.

    An event that a handler sets is not enough: the handler runs in the main thread, which stays asleep when one of
    gRPC's threads receives the signal (1 stop in 100). A blocked signal would reach this process, but its children
    would inherit the mask.
    """
    receiver, sender = socket.socketpair()
    sender.settimeout(0)
    signal.set_wakeup_fd(sender.detach())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    return receiver
