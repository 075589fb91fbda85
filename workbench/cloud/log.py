"""The log of a cloud."""

import sys
import time


def say(text: str) -> None:
    """Add a line."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()
