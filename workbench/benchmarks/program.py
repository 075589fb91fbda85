"""`python -m workbench.benchmarks.program`: seconds of imports, and of the program up to its last registration.

An engine that answers at once stands in for the real one: what is measured is the program's own.
"""

import sys
import time

begun = time.perf_counter()

from workbench.mocks.aws import DEV, Cloud  # noqa: E402 -- the import is what is timed
from workbench.mocks.recorder import run_program  # noqa: E402

imported = time.perf_counter()
run_program(Cloud(preview=True), config=DEV, preview=True)
sys.stdout.write(f"{imported - begun:.3f} {time.perf_counter() - imported:.3f}\n")
