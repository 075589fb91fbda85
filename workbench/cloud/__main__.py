"""`python -m workbench.cloud start|stop|status|enforce|relax [--folder FOLDER]`."""

import argparse
import sys
from pathlib import Path

from workbench.cloud.cloud import Cloud, CloudFailed
from workbench.places import CLOUD


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m workbench.cloud", description="AWS on this computer.")
    parser.add_argument("command", choices=("start", "stop", "status", "enforce", "relax"))
    parser.add_argument("--folder", type=Path, default=CLOUD / "aws")
    given = parser.parse_args()
    cloud = Cloud(given.folder.absolute())
    try:
        match given.command:
            case "start":
                print(cloud.start())
            case "stop":
                print("stopped; its resources are gone" if cloud.stop() else "it was not running")
            case "status":
                print(cloud.endpoint or "it is not running")
            case "enforce":
                cloud.enforce_policies()
            case "relax":
                cloud.relax_policies()
    except CloudFailed as failed:
        print(f"error: {failed}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
