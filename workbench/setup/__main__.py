"""`python3 -m workbench.setup [--for up|test|lint]`: prepares a fresh machine; fast if nothing is missing."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 -- this runs with whatever python3 a fresh machine has
    have = ".".join(str(part) for part in sys.version_info[:2])
    sys.exit(f"setup: Python 3.11 or newer is needed, and python3 is {have}; Debian 12 and newer have it")

from workbench.setup.command import main

sys.exit(main())
