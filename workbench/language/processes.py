"""Child processes of the language host: streams their output, and stops them on the engine's request."""

import queue
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

import grpc

_CHUNK = 65536  # bytes, as much as a pipe holds


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command and its environment."""

    arguments: Sequence[str]
    env: Mapping[str, str]
    cwd: Path


@dataclass(frozen=True)
class Output:
    """A piece of what a process wrote to standard output, or to standard error if `error`."""

    data: bytes
    error: bool


class Processes:
    """Every process that runs on the engine's behalf."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()

    def run(self, command: Command, context: grpc.ServicerContext) -> int:
        """Run to completion with our own output; returns the exit status, above 128 after a signal."""
        process = subprocess.Popen(command.arguments, env=command.env, cwd=command.cwd, stdin=subprocess.DEVNULL)
        self._accompany(process, context)
        return self._wait(process)

    def stream(self, command: Command, context: grpc.ServicerContext) -> Iterator[Output | int]:
        """Run and yield the output as it arrives, and the exit status at the end."""
        process = subprocess.Popen(
            command.arguments,
            env=command.env,
            cwd=command.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._accompany(process, context)
        pieces: queue.Queue[Output | None] = queue.Queue()
        pipes = ((process.stdout, False), (process.stderr, True))
        for pipe, error in pipes:
            threading.Thread(target=_pump, args=(pipe, error, pieces), daemon=True).start()
        for _ in pipes:
            while (piece := pieces.get()) is not None:
                yield piece
        yield self._wait(process)

    def end(self) -> None:
        """Signal every process to exit."""
        for process in tuple(self._running):
            process.terminate()

    def _accompany(self, process: subprocess.Popen[bytes], context: grpc.ServicerContext) -> None:
        self._running.add(process)
        # The engine stops a plugin by cancelling the call that runs it.
        if not context.add_callback(process.terminate):
            process.terminate()

    def _wait(self, process: subprocess.Popen[bytes]) -> int:
        status = process.wait()
        self._running.discard(process)
        return status if status >= 0 else 128 - status


def _pump(pipe: BufferedReader, error: bool, pieces: "queue.Queue[Output | None]") -> None:  # noqa: FBT001
    while data := pipe.read1(_CHUNK):
        pieces.put(Output(data, error))
    pieces.put(None)
