"""`python -m workbench.cloud.server [--boot] FOLDER`: serve the cloud on loopback until SIGTERM.

FOLDER then holds `port`, written when the server is ready, `calls` (see journal) and `lock`, held while it runs.
With `--boot` its instances are machines: see region.
"""

import argparse
import fcntl
import os
import signal
import socket
import threading
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from workbench.cloud.folder import CALLS, LOCK, PORT
from workbench.cloud.gaps import close_all
from workbench.cloud.journal import Application, Journal
from workbench.cloud.replay import Replay

if TYPE_CHECKING:
    from workbench.cloud.region import Region

HOST = "127.0.0.1"
# The addresses of Instance Connect Endpoints for the operator. Their port is fixed, so each cloud has its own address.
TUNNELS, HTTPS = "127.20.0", 443


def main() -> None:
    """Serve; the state of the cloud is lost when this process exits."""
    parser = argparse.ArgumentParser(prog="python -m workbench.cloud.server")
    parser.add_argument("--boot", action="store_true", help="instances are machines; needs root")
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    folder: Path = given.folder
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        lock.write(str(os.getpid()))
        lock.flush()
        _serve(folder, boot=given.boot)


def _serve(folder: Path, *, boot: bool) -> None:
    close_all()
    if not boot:
        import_module("workbench.cloud.gaps.reports")
    (folder / CALLS).write_text("", encoding="utf-8")
    # Outside the journal, so that the journal contains each executed request once.
    application = Replay(Journal(DomainDispatcherApplication(create_backend_app), folder / CALLS))
    server = make_server(HOST, 0, application, threaded=True, request_handler=MotoRequestHandler)
    region = _region(application, folder) if boot else None
    for number in (signal.SIGINT, signal.SIGTERM):
        # In a separate thread, because shutdown waits for the loop that the signal has interrupted.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    unfinished = folder / f".{PORT}"
    unfinished.write_text(str(server.server_port), encoding="ascii")
    unfinished.replace(folder / PORT)
    server.serve_forever()
    (folder / PORT).unlink(missing_ok=True)
    if region is not None:
        region.stop()


def _tunnels() -> socket.socket:
    for last in range(1, 255):
        try:
            return socket.create_server((f"{TUNNELS}.{last}", HTTPS))
        except OSError:
            continue
    message = f"every address of {TUNNELS}.0/24 is in use"
    raise OSError(message)


def _region(application: Application, folder: Path) -> "Region":
    """The server's own socket stays in the computer's network; sockets opened from here on are in the cloud's."""
    from workbench.cloud.network import namespace  # noqa: PLC0415  only a cloud that boots needs these
    from workbench.cloud.region import Region  # noqa: PLC0415
    from workbench.cloud.services.authority import Authority  # noqa: PLC0415

    tunnels = _tunnels()
    namespace.enter()
    return Region(application, Authority(folder / "authority"), folder, tunnels=tunnels)


if __name__ == "__main__":
    main()
