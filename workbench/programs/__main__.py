"""`python3 -m workbench.programs [--architecture arm64] [GROUP ...]`: builds what is missing and prints its folder.

Runs before there is a Python environment, so it uses the standard library only.
"""

import argparse
import sys

from workbench.programs.architecture import ARCHITECTURES, native
from workbench.programs.build import build
from workbench.programs.catalog import GROUPS, catalog
from workbench.progress import Failure


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m workbench.programs", description="Build the pinned programs.")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"some of: {', '.join(GROUPS)} (default: all)")
    parser.add_argument("--architecture", choices=ARCHITECTURES, help="processor of the nodes (default: this one)")
    given = parser.parse_args()
    # Pulumi itself runs on this computer only.
    groups = given.groups or [name for name in GROUPS if given.architecture in {None, native()} or name != "cli"]
    unknown = sorted(set(groups) - set(GROUPS))
    if unknown:
        parser.error(f"unknown group {', '.join(unknown)}; the groups are {', '.join(GROUPS)}")
    try:
        folder = build((program for program in catalog() if program.group in groups), given.architecture)
    except Failure as failure:
        sys.stderr.write(f"programs: {failure}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("programs: interrupted; run it again to continue\n")
        return 130
    sys.stdout.write(f"{folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
