"""`python -m tests [--fast | PYTEST ARGUMENTS ...]` (`make test`, `make test-fast`).

Without arguments: all tests. Those on the emulated AWS and those on machines of this computer spend their minutes in
waits, and those that start no program need nothing but processors, so each of these three groups runs in processes of
its own beside the others. `--fast`: the tests that start no real program, on all processors. With other arguments it is
pytest and nothing else.
"""

import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

TESTS = Path("tests")
# Each process gets whole files: tests/conftest.py says which tests stay together.
FAST = [
    "--numprocesses=auto",
    "--dist=loadscope",
    *("-m", "not drill and not programs"),
    *(str(TESTS / tier) for tier in ("unit", "program", "policy")),
]
ALONE = (TESTS / "engine" / "aws", TESTS / "live")
BESIDE = {  # they share nothing with the others or with each other
    "the tests that start no program": FAST,
    **{str(folder): [str(folder)] for folder in ALONE},
}
REST = ["-m", "programs and not drill", *(f"--ignore={folder}" for folder in ALONE)]
SLOWEST = "--durations=20"


def main(arguments: list[str]) -> int:
    """Exit status as pytest's: 0 if every test passed or says why it cannot run."""
    if arguments == ["--fast"]:
        return subprocess.run([*pytest(), SLOWEST, *FAST], check=False).returncode
    if arguments:
        return subprocess.run([*pytest(), *arguments], check=False).returncode
    return _all(BESIDE, REST)


def _all(beside: Mapping[str, Sequence[str]], rest: Sequence[str]) -> int:
    started: list[tuple[str, subprocess.Popen[str], IO[str]]] = []
    try:
        for name, arguments in beside.items():
            output: IO[str] = tempfile.TemporaryFile(mode="w+", encoding="utf-8")  # noqa: SIM115 -- closed by the process's end
            command = [*pytest(), SLOWEST, *arguments]
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, text=True
            )
            started.append((name, process, output))
        statuses = [subprocess.run([*pytest(), SLOWEST, *rest], check=False).returncode]
        for name, process, output in started:
            sys.stdout.write(f"\n{name}, which ran beside them:\n")
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
