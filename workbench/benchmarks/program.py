"""`python -m workbench.benchmarks.program`: seconds of imports, and of the program up to its last registration.

A fake engine responds immediately, so only the program's own time is measured.
"""

import sys
import time

begun = time.perf_counter()

from workbench.mocks.aws import DEV, Cloud  # noqa: E402 -- the import is what is timed
from workbench.mocks.recorder import run_program  # noqa: E402

imported = time.perf_counter()
run_program(Cloud(preview=True), config=DEV, preview=True)
sys.stdout.write(f"{imported - begun:.3f} {time.perf_counter() - imported:.3f}\n")
