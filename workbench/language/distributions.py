"""Prints the distributions that the interpreter running this file sees, as JSON. Standard library only."""

import importlib.metadata
import json
import re
import sys


def canonical(name: str) -> str:
    """A distribution's normalized name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> None:
    """List each distribution once: Python imports the first one on the path."""
    versions: dict[str, str] = {}
    needed: set[str] = set()
    for distribution in importlib.metadata.distributions():
        name = canonical(distribution.metadata["Name"] or "")
        if name and name not in versions:
            versions[name] = distribution.version
            plain = (text for text in distribution.requires or [] if "extra ==" not in text)
            needed |= {canonical(re.split(r"[^A-Za-z0-9._-]", text, maxsplit=1)[0]) for text in plain}
    found = [
        {"name": name, "version": version, "direct": name not in needed} for name, version in sorted(versions.items())
    ]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
