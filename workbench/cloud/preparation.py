"""`python -m workbench.cloud.preparation ENDPOINT STORE`: prepares a cloud that boots for its first instance."""

import sys
from pathlib import Path

from provider.local.machines import image
from provider.local.machines.unable import Unable
from workbench.cloud import artifacts
from workbench.cloud.instances.image import IMAGE


def main() -> int:
    """Prepare the image of instances and the account's bucket with the programs; reports slow steps."""
    endpoint, store = sys.argv[1:]
    try:
        image.ensure(_say, IMAGE)
    except Unable as unable:
        sys.stderr.write(f"error: {unable}\n")
        return 1
    artifacts.fill(endpoint, Path(store))
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"  EC2 {text}\n")


if __name__ == "__main__":
    sys.exit(main())
