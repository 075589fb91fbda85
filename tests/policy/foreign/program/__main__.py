"""The main program of one foreign case for the engine: the case that QUORATE_CASE names."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))

from tests.policy.foreign.cases import CASES

next(case for case in CASES if case.name == os.environ["QUORATE_CASE"]).program()
