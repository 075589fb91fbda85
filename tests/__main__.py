"""`python -m tests [--fast | PYTEST ARGUMENTS ...]` (`make test`, `make test-fast`).

Without arguments: all tests. Those on the emulated AWS and those on machines of this computer spend their minutes in
waits, so each of these two groups runs in a process of its own beside the others. `--fast`: the tests that start no
real program, on all processors. With other arguments it is pytest and nothing else.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

TESTS = Path("tests")
BESIDE = (TESTS / "engine" / "aws", TESTS / "live")  # they share nothing with the others or with each other
FAST = ["-m", "not drill and not programs", *(str(TESTS / tier) for tier in ("unit", "program", "policy"))]
PARALLEL = ["--numprocesses=auto", "--dist=loadgroup"]  # tests/conftest.py has the groups
SLOWEST = "--durations=20"


def main(arguments: list[str]) -> int:
    """Exit status as pytest's: 0 if every test passed or says why it cannot run."""
    if arguments == ["--fast"]:
        return subprocess.run([*pytest(), SLOWEST, *PARALLEL, *FAST], check=False).returncode
    if arguments:
        return subprocess.run([*pytest(), *arguments], check=False).returncode
    return _all(BESIDE)


def _all(beside: Sequence[Path]) -> int:
    started: list[tuple[Path, subprocess.Popen[str], IO[str]]] = []
    try:
        for folder in beside:
            output: IO[str] = tempfile.TemporaryFile(mode="w+", encoding="utf-8")  # noqa: SIM115 -- closed by the process's end
            command = [*pytest(), SLOWEST, str(folder)]
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, text=True
            )
            started.append((folder, process, output))
        ignored = [f"--ignore={folder}" for folder in beside]
        statuses = [subprocess.run([*pytest(), SLOWEST, *ignored], check=False).returncode]
        for folder, process, output in started:
            sys.stdout.write(f"\n{folder}, which ran beside them:\n")
            sys.stdout.flush()
            statuses.append(process.wait())
            output.seek(0)
            sys.stdout.write(output.read())
    except BaseException:
        for _, process, _ in started:
            process.terminate()
        for _, process, _ in started:
            process.wait()
        raise
    return next((status for status in statuses if status), 0)


def pytest() -> list[str]:
    """Pytest of the same interpreter."""
    return [sys.executable, "-m", "pytest"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
