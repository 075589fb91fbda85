"""A plugin ends with the process that started it: see provider/protocol/parent.py."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PROVIDER = Path(__file__).resolve().parents[3] / "provider"
# Starts the provider, passes on its port, and waits, as the CLI does.
STARTER = """
import subprocess, sys
plugin = subprocess.Popen([sys.executable, "-u", sys.argv[1], "127.0.0.1:1"], stdout=subprocess.PIPE, text=True)
print(plugin.pid, plugin.stdout.readline().strip(), flush=True)
plugin.wait()
"""
SECONDS = 30


def test_a_provider_ends_soon_after_a_killed_cli() -> None:
    with subprocess.Popen([sys.executable, "-c", STARTER, str(PROVIDER)], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        plugin, port = map(int, starter.stdout.readline().split())
        assert port
        starter.send_signal(signal.SIGKILL)
        starter.wait(SECONDS)
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and _runs(plugin):
        time.sleep(0.1)
    assert not _runs(plugin)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # An orphan that has ended stays until its adopter takes notice.
    return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
