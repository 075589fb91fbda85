"""`python3 -m workbench.setup.lock`: compiles every requirements .in file to hash-pinned text without host names."""

import os
import subprocess
import sys

from workbench.places import ROOT
from workbench.setup.python import uv

FILES = ("requirements", "requirements-dev", "workbench/setup/uv")


def main() -> int:
    """Returns the status of the first compilation that fails; pinned versions are kept."""
    options = ["--quiet", "--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"]
    variables = {**os.environ, "UV_CUSTOM_COMPILE_COMMAND": "make lock"}
    for name in FILES:
        command = [uv(), "pip", "compile", *options, f"{name}.in", "--output-file", f"{name}.txt"]
        done = subprocess.run(command, cwd=ROOT, env=variables, check=False)
        if done.returncode != 0:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
