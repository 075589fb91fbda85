"""Started by the engine through the language host: `python provider ENGINE-ADDRESS`."""

import sys
from pathlib import Path

# Python puts this folder on the path, because it was started by name; the imports need its parent.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from provider.protocol.lean import skip_sdk  # noqa: E402 -- the path above

skip_sdk()

from provider.serving import main  # noqa: E402 -- the two lines above

main(sys.argv[1:])
