"""The command `quorate`: a new project, and the operations of an existing one."""

import argparse
import sys
from importlib.metadata import version
from pathlib import Path

from operations import __main__ as operations
from plan.settings.syntax import is_label
from quorate.template import KINDS, project

KEY = Path("~/.ssh/id_ed25519.pub")
NO_KEY = "ssh-ed25519 AAAA..."


def main() -> int:
    """Run the command line; returns the exit status."""
    words = sys.argv[1:]
    return new(words[1:]) if words[:1] == ["new"] else operations.main(words)


def new(words: list[str]) -> int:
    """Write a project into a new folder; returns the exit status."""
    parser = argparse.ArgumentParser(prog="quorate new", description="Write a project that builds one cluster.")
    parser.add_argument("name", help="name of the cluster and of the folder, a DNS label such as berlin")
    parser.add_argument("--kind", choices=tuple(KINDS), default="aws", help="where the machines are (default: aws)")
    given = parser.parse_args(words)
    folder = Path(given.name)
    if not is_label(given.name):
        print(f"error: {given.name!r} is not a DNS label: use lower-case letters, digits and hyphens", file=sys.stderr)
        return 1
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        print(f"error: {folder} exists; `quorate new` writes only into a new or an empty folder", file=sys.stderr)
        return 1
    key = KEY.expanduser()
    public_key = key.read_text(encoding="utf-8").strip() if key.is_file() else NO_KEY
    for path, text in project(given.name, kind=given.kind, version=version("quorate"), public_key=public_key).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    print(
        f"{folder} has a program, its provider, the policy pack and the settings of `dev`.\n"
        f"  cd {folder}\n"
        "  edit Pulumi.dev.yaml     the account, the region, the domain, your SSH key\n"
        "  pulumi install\n"
        "  pulumi stack init dev\n"
        "  pulumi preview --policy-pack policies"
    )
    return 0
