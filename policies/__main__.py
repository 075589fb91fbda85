"""Entry point of the pack, started by the engine's language host."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The language host runs this folder as a program, so the package's parent is not on the path, and the folder is:
# its module names must not become names of top-level modules.
sys.path[:] = [str(HERE.parent), *(entry for entry in sys.path if Path(entry or ".").resolve() != HERE)]

from policies.rules import RULES  # noqa: E402 -- needs the path above
from policies.server import serve  # noqa: E402 -- needs the path above

serve(RULES)
