"""Started by the engine through the language host: `python quorate/plugin ENGINE-ADDRESS`."""

import sys
from pathlib import Path

# Python puts this folder on the path, because it was started by name; the imports need the project's.
sys.path[0] = str(Path(__file__).resolve().parent.parent.parent)

from quorate.serving import main  # noqa: E402 -- the path above

main(sys.argv[1:])
