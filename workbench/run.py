"""`python3 -m workbench.run COMMAND ...`: runs a command, `pulumi -s local preview` for one, in this clone.

`--emulate` before the command: with an emulated AWS, which is started if it does not run.
Without a command: print the variables that differ from the caller's, ready for `eval` in a shell.
"""

import os
import shlex
import shutil
import sys

from workbench.cloud.cloud import CloudFailed
from workbench.cloud.session import able, begin
from workbench.environment import environment, other_login

EMULATE = "--emulate"
NOT_FOUND = 127  # the status that shells use for a missing command


def main() -> int:
    """Run the command in place of this process, or print the variables. Returns if there is no such command."""
    command = sys.argv[1:]
    wanted = environment(os.environ)
    if command[:1] == [EMULATE]:
        command = command[1:]
        try:
            wanted = begin(wanted, boots=able())
        except CloudFailed as failed:
            sys.stderr.write(f"{failed}\n")
            return 1
    if not command:
        changed = {name: value for name, value in wanted.items() if os.environ.get(name) != value}
        sys.stdout.writelines(f"unset {name}\n" for name in sorted(os.environ) if name not in wanted)
        sys.stdout.writelines(f"export {name}={shlex.quote(value)}\n" for name, value in sorted(changed.items()))
        return 0
    note = other_login(os.environ)
    if note:
        sys.stderr.write(f"{note}\n")
    program = shutil.which(command[0], path=wanted["PATH"])
    if program is not None:
        os.execve(program, command, wanted)  # noqa: S606 -- the user's command replaces this process
    sys.stderr.write(f"{command[0]}: command not found; run `make setup`\n")
    return NOT_FOUND


if __name__ == "__main__":
    sys.exit(main())
