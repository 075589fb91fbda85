"""Progress on the terminal while pytest captures everything else."""

import sys
import time

from _pytest.capture import CaptureManager

EVERY_SECONDS = 2.0  # often enough to show that it is running
WIDTH = 150


class Progress:
    """Lines on standard error with the seconds since the tier started."""

    def __init__(self, capture: CaptureManager | None) -> None:
        self._capture = capture
        self._begun = time.monotonic()
        self._last = 0.0

    def say(self, text: str) -> None:
        """A line that always appears."""
        self._last = time.monotonic()
        line = f"\nlive {self._last - self._begun:6.1f} s  {text}"[:WIDTH]
        if self._capture is None:
            sys.stderr.write(line)
            return
        with self._capture.global_and_fixture_disabled():
            sys.stderr.write(line)
            sys.stderr.flush()

    def glimpse(self, text: str) -> None:
        """A line that only appears if nothing was printed for a while."""
        if text.strip() and time.monotonic() - self._last >= EVERY_SECONDS:
            self.say(text.strip())
