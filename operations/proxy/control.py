"""Starts, finds and stops the proxy of an environment."""

import hashlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress

from operations.environment import PACKAGE, PROJECT, OperationFailed
from operations.proxy.server import HOST

LOGS = PROJECT / ".quorate" / "proxy"
START_SECONDS = 20.0
SECONDS = 5.0  # timeout of a request on the loopback


def about(stack: str) -> dict[str, str]:
    """Identify a proxy: its stack, clone, backend and credentials (a digest of their name)."""
    who = "\0".join(os.environ.get(name, "") for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_ENDPOINT_URL"))
    return {
        "stack": stack,
        "clone": str(PROJECT),
        "backend": os.environ.get("PULUMI_BACKEND_URL", ""),
        "as": hashlib.sha256(who.encode()).hexdigest()[:16],
    }


def ensure(stack: str, port: int | None) -> None:
    """Start this stack's proxy on the port in the background unless it runs already; does nothing without a port.

    Raises `OperationFailed` if another program uses the port, or if the proxy does not start.
    """
    if port is None:
        return
    wanted, found = about(stack), running(port)
    if found == wanted:
        return
    if found is not None:
        if any(found.get(key) != wanted[key] for key in ("stack", "clone")):
            raise _taken(port, f"the proxy of stack {found.get('stack')!r} in {found.get('clone')}")
        end(port)
    _start(stack, port)


def running(port: int) -> Mapping[str, str] | None:
    """The identity of the proxy on the port; None if nothing listens. Raises `OperationFailed` for another program."""
    try:
        answer = _request("GET", port)
    except ConnectionRefusedError:
        return None
    except (OSError, http.client.HTTPException):
        raise _taken(port, "another program") from None
    try:
        found = json.loads(answer)
    except ValueError:
        raise _taken(port, "another program") from None
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def dismiss(stack: str, port: int | None) -> None:
    """End this stack's proxy on the port, if there is one, because its destination no longer exists."""
    with suppress(OperationFailed):
        if port is not None and running(port) == about(stack):
            end(port)


def end(port: int) -> None:
    """Stop the proxy on the port and wait until it has ended."""
    with suppress(OSError, http.client.HTTPException):
        _request("DELETE", port)
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            _request("GET", port)
        except (OSError, http.client.HTTPException):
            return
        time.sleep(0.1)


def _start(stack: str, port: int) -> None:
    LOGS.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = LOGS / f"{stack}.log"
    with path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", PACKAGE, "proxy", "--stack", stack, "--port", str(port)],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if running(port) is not None:
            return
        time.sleep(0.1)
    raise OperationFailed(f"the proxy to the API did not start: {path.read_text(errors='replace').strip() or path}")


def _request(method: str, port: int) -> str:
    connection = http.client.HTTPConnection(HOST, port, timeout=SECONDS)
    try:
        connection.request(method, "/quorate")
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def _taken(port: int, by: str) -> OperationFailed:
    return OperationFailed(
        f"port {port} of this computer is used by {by}, but the proxy to the API needs that port; stop that program, "
        "or choose another port with `aws.access.proxyPort`"
    )
