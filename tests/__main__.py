"""`python -m tests [PYTEST ARGUMENTS ...]` (`make test`): all tests, those that mostly wait beside those that work.

The tier on the emulated AWS spends its minutes in the waits that the AWS provider has for the real one, and shares
nothing with the others; a process of its own has it done in the meantime. With arguments it is pytest and nothing else.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

WAITING = Path("tests") / "engine" / "aws"


def main(arguments: list[str]) -> int:
    """Exit status as pytest's: 0 when every test passed or says why it cannot run."""
    if arguments:
        return subprocess.run([*pytest(), *arguments], check=False).returncode
    with tempfile.TemporaryFile(mode="w+", encoding="utf-8") as said:
        beside = subprocess.Popen(
            [*pytest(), str(WAITING)], stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
        )
        try:
            status = subprocess.run([*pytest(), f"--ignore={WAITING}"], check=False).returncode
            sys.stdout.write(f"\n{WAITING}, which ran beside them:\n")
            sys.stdout.flush()
            other = beside.wait()
        except BaseException:
            beside.terminate()
            beside.wait()
            raise
        said.seek(0)
        sys.stdout.write(said.read())
    return status or other


def pytest() -> list[str]:
    """The same interpreter's."""
    return [sys.executable, "-m", "pytest"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
