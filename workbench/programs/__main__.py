"""`python3 -m workbench.programs [GROUP ...]`: build what is missing; prints the folder with the programs.

Runs before there is any Python environment, so it needs the standard library only.
"""

import argparse
import sys

from workbench.programs.build import build
from workbench.programs.catalog import GROUPS, catalog
from workbench.progress import Failure


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m workbench.programs", description="Build the pinned programs.")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"some of: {', '.join(GROUPS)} (default: all)")
    groups = parser.parse_args().groups or GROUPS
    unknown = sorted(set(groups) - set(GROUPS))
    if unknown:
        parser.error(f"unknown group {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    try:
        folder = build(program for program in catalog() if program.group in groups)
    except Failure as failure:
        sys.stderr.write(f"programs: {failure}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("programs: interrupted; run it again to go on from here\n")
        return 130
    sys.stdout.write(f"{folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
