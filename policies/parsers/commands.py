"""The options with which a program is started, wherever that is written: units, static pods, scripts."""

import re
from collections.abc import Mapping

from policies.parsers.options import options


def command_options(texts: Mapping[str, str], program: str) -> dict[str, str]:
    """Options of every command line of `program` in these texts, together."""
    started = re.compile(rf"(?:^|[\s/=\"']){re.escape(program)}[\"']?\s+[^|;&\n]*--")
    in_a_pod = re.compile(rf"^\s*-\s+(?:/\S*/)?{re.escape(program)}\s*$", re.MULTILINE)
    found: dict[str, str] = {}
    for text in texts.values():
        if program not in text or "--" not in text:
            continue
        if in_a_pod.search(text):
            found |= options(text)
        for line in text.replace("\\\n", " ").splitlines():
            if started.search(line) and not line.lstrip().startswith("#"):
                found |= options(line[line.index(program) :])
    return found
