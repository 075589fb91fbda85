"""Runs the agent's commands on hosts: progress goes to this terminal, the result is returned as data.

The agent is sent with each command, so a result never depends on what is installed on a host.
"""

import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

from agent.model.json_reading import Json, Malformed, parse
from agent.system.archive import archive
from operations.environment import Host, OperationFailed
from operations.remote import UNREACHABLE, command_line

Found = TypeVar("Found")
SHOWN = 1500  # characters of an agent's last output that an error shows


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One command of the agent; `text` describes it for people."""

    text: str
    values: Json


@dataclass(frozen=True, kw_only=True)
class Payload:
    """The agent's standard input: first `line`, then the file's content."""

    line: str = ""
    file: Path | None = None


def say(name: str, text: str) -> None:
    """Print one line of progress."""
    print(f"  {name:<8} {text}", file=sys.stderr, flush=True)


def ask(
    host: Host, *words: str, payload: Payload | None = None, into: IO[bytes] | None = None, seconds: float = 900.0
) -> Answer:
    """Run `agent WORDS`. Output that follows its response is written `into` the file.

    Raises `OperationFailed` with the host's name and the agent's reason.
    """
    program = archive()
    script = (
        f'umask 077; f=$(mktemp -p /run quorate.XXXXXXXXXX) && head -c {len(program)} > "$f" || exit 93; '
        f'python3 "$f" {shlex.join(words)}; s=$?; rm -f "$f"; exit $s'
    )
    with (
        command_line(host, "sh", "-c", script) as line,
        subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process,
    ):
        late = threading.Timer(seconds, process.kill)
        late.start()
        errors: list[bytes] = []
        others = [
            threading.Thread(target=_feed, args=(process, program, payload or Payload()), daemon=True),
            threading.Thread(target=lambda: errors.append(_all(process.stderr)), daemon=True),
        ]
        for other in others:
            other.start()
        try:
            answer = _heard(host, process)
            if into is not None and process.stdout is not None:
                shutil.copyfileobj(process.stdout, into)
            process.wait()
        finally:
            late.cancel()
        for other in others:
            other.join()
    if answer is None:
        raise OperationFailed(_silence(host, words, process.returncode, b"".join(errors).decode(errors="replace")))
    if not answer["ok"].flag():
        raise OperationFailed(f"{host.name}: {answer['text'].text()}")
    return Answer(text=answer["text"].text(), values=answer["values"])


def every(hosts: Iterable[Host], work: Callable[[Host], Found]) -> Mapping[str, Found]:
    """Run the work on all hosts in parallel; results by name. Raises `OperationFailed` with every host's reason."""
    listed = tuple(hosts)

    def one(host: Host) -> Found | OperationFailed:
        try:
            return work(host)
        except OperationFailed as failure:
            return failure

    with ThreadPoolExecutor(max_workers=max(1, len(listed))) as pool:
        found = dict(zip((host.name for host in listed), pool.map(one, listed), strict=True))
    failures = [str(answer) for answer in found.values() if isinstance(answer, OperationFailed)]
    if failures:
        raise OperationFailed("\n  ".join(failures))
    return {name: answer for name, answer in found.items() if not isinstance(answer, OperationFailed)}


def _feed(process: "subprocess.Popen[bytes]", program: bytes, payload: Payload) -> None:
    if process.stdin is None:
        return
    try:
        with process.stdin as target:
            target.write(program + payload.line.encode())
            if payload.file is not None:
                with payload.file.open("rb") as source:
                    shutil.copyfileobj(source, target)
    except OSError:
        return  # the agent ended before it read everything; its response says why


def _all(stream: IO[bytes] | None) -> bytes:
    return stream.read() if stream is not None else b""


def _heard(host: Host, process: "subprocess.Popen[bytes]") -> Json | None:
    """Return the last event; print the others as they arrive."""
    for line in process.stdout or ():
        try:
            event = parse(line, at=f"{host.name}'s agent")
            if event["event"].text("") == "result":
                return event
            if text := event["text"].text(""):
                say(host.name, text)
        except Malformed:
            continue
    return None


def _silence(host: Host, words: tuple[str, ...], status: int, errors: str) -> str:
    said = errors.strip()[-SHOWN:] or f"exit status {status}"
    if status == UNREACHABLE:
        return f"{host.name} ({host.address}) cannot be reached by SSH, or the connection broke: {said}"
    if status < 0:
        return f"{host.name}: `{' '.join(words)}` took too long and was stopped: {said}"
    return f"{host.name}: the agent did not respond to `{' '.join(words)}`: {said}"
