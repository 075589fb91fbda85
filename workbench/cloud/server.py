"""`python -m workbench.cloud.server FOLDER`: serve the cloud on loopback until SIGTERM.

FOLDER then holds `port`, written when the server answers, `calls` (see journal) and `lock`, held while it runs.
"""

import fcntl
import os
import signal
import sys
import threading
from pathlib import Path

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from workbench.cloud.folder import CALLS, LOCK, PORT
from workbench.cloud.gaps import close_all
from workbench.cloud.journal import Journal
from workbench.cloud.replay import Replay

HOST = "127.0.0.1"


def main() -> None:
    """Serve; the state of the cloud lives and ends with this process."""
    folder = Path(sys.argv[1])
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        lock.write(str(os.getpid()))
        lock.flush()
        _serve(folder)


def _serve(folder: Path) -> None:
    close_all()
    (folder / CALLS).write_text("", encoding="utf-8")
    # Outside the journal, which holds each request that was executed once.
    application = Replay(Journal(DomainDispatcherApplication(create_backend_app), folder / CALLS))
    server = make_server(HOST, 0, application, threaded=True, request_handler=MotoRequestHandler)
    for number in (signal.SIGINT, signal.SIGTERM):
        # In a thread of its own: shutdown waits for the loop that the signal has interrupted.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    unfinished = folder / f".{PORT}"
    unfinished.write_text(str(server.server_port), encoding="ascii")
    unfinished.replace(folder / PORT)
    server.serve_forever()
    (folder / PORT).unlink(missing_ok=True)


if __name__ == "__main__":
    main()
