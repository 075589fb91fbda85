import argparse
import sys
from pathlib import Path

from provider.local.machines import image
from provider.local.machines.store.build import build
from provider.local.machines.unable import Unable


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m provider.local.machines.store", description="Build the artifact store of the machines."
    )
    parser.add_argument("--programs", type=Path, required=True, help="folder with the built programs: bin/ and cni/")
    parser.add_argument("--into", type=Path, required=True, help="the store's folder; brought up to date in place")
    parser.add_argument("--root", type=Path, default=image.path(), help="file system of machines (default: the image)")
    arguments = parser.parse_args()
    try:
        build(arguments.programs, arguments.into, arguments.root, _say)
    except Unable as reason:
        sys.stderr.write(f"error: {reason}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
