"""`python -m operations COMMAND --stack STACK`."""

import signal
import sys

from operations import (
    backup,
    certificates,
    defragment,
    drain,
    encryption,
    expiry,
    gates,
    kubeconfig,
    kubectl,
    lifecycle,
    replace,
    restore,
    status,
    upgrade,
    verify,
)
from operations.command import parser
from operations.environment import OperationFailed
from operations.proxy import command as proxy
from operations.review import arguments as review

INTERRUPTED = 128 + signal.SIGINT  # what a shell reports of a program that the signal has ended
COMMANDS = (
    *lifecycle.COMMANDS,
    *status.COMMANDS,
    *verify.COMMANDS,
    *kubeconfig.COMMANDS,
    *kubectl.COMMANDS,
    *backup.COMMANDS,
    *restore.COMMANDS,
    *replace.COMMANDS,
    *drain.COMMANDS,
    *upgrade.COMMANDS,
    *defragment.COMMANDS,
    *review.COMMANDS,
    *gates.COMMANDS,
    *expiry.COMMANDS,
    *encryption.COMMANDS,
    *certificates.COMMANDS,
    *proxy.COMMANDS,
)


def main(words: list[str]) -> int:
    given = parser(COMMANDS).parse_args(words)
    try:
        status: int | None = given.run(given)
    except OperationFailed as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; the same command goes on where this one stopped", file=sys.stderr)
        return INTERRUPTED
    return status or 0


if __name__ == "__main__":
    # Who starts programs in the background may have interrupts ignored for them. The CLI hears them all the same (Go's
    # signal.Notify), so its end would be taken for a failure here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))
