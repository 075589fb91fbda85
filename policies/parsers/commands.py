"""How programs are started: in scripts, units, containers and static pods."""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from policies.parsers.limits import WORDS
from policies.parsers.shell import logical_lines
from policies.parsers.yaml_documents import values
from policies.parsers.yaml_values import Unreadable
from policies.properties import Value

_WORD = re.compile(r"(?:\$\([^()\n]{0,300}\)|`[^`\n]{0,300}`|[^\s\"';|&()`<>]|\"[^\"\n]*\"|'[^'\n]*')+|[;|&()`<>]")
_END = frozenset(";|&()`<>")
_EXEC = re.compile(r"^\s*Exec\w+=[-@:+!]*")
_OPTION = re.compile(r"--?([A-Za-z][A-Za-z0-9-]*)(?:=(.*))?", re.DOTALL)
# Lines whose words are kept: several rules ask for the commands of one machine, and a line can have 400 kB.
LINES = 64
IN_CONTAINERS = ("command", "args", "entrypoint")


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """A program that is started. `words` follow its name; `path` is the document that contains the command."""

    path: str
    words: tuple[str, ...]

    @property
    def options(self) -> dict[str, str]:
        """Options without their dashes. The last of several wins, and an option without a value is 'true'."""
        return dict(options(self.words))


def options(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """`--name=value`, `--name value`, `-name value` and `--name`, one after the other."""
    for at, word in enumerate(words):
        if (found := _OPTION.fullmatch(word)) is None or (not word.startswith("--") and len(found[1]) == 1):
            continue
        following = words[at + 1] if at + 1 < len(words) else "-"
        value = found[2] if found[2] is not None else "true" if following.startswith("-") else following
        yield found[1], value


def invocations(texts: Mapping[str, str], program: str) -> Iterator[Invocation]:
    """Every start of the program, by its name or by an image with its name."""
    for path, text in texts.items():
        if program not in text:
            continue
        if "ExecStart" in text or not _structured(text):
            for line in logical_lines(text):
                if program in line:
                    yield from (Invocation(path=path, words=words) for words in _in_a_line(line, program))
        else:
            yield from (Invocation(path=path, words=words) for words in _in_containers(text, program))


def command_options(texts: Mapping[str, str], program: str) -> dict[str, str]:
    """Options of all commands that start the program in these texts, merged."""
    found: dict[str, str] = {}
    for invocation in invocations(texts, program):
        found |= invocation.options
    return found


def arguments(texts: Mapping[str, str], variable: str) -> dict[str, str]:
    """Options in a variable such as KUBELET_EXTRA_ARGS, as in the environment files of packages."""
    found: dict[str, str] = {}
    for text in texts.values():
        for line in text.splitlines() if variable in text else ():
            name, equals, value = line.partition("=")
            if equals and variable in name + value[:80]:
                found |= dict(options(split(value.replace('"', " ").replace("'", " "))))
    return found


def split(text: str) -> tuple[str, ...]:
    """Words of a command line, without its quotes."""
    return tuple(_unquoted(word) for word in _WORD.findall(text)[:WORDS])


def _unquoted(word: str) -> str:
    if "'" not in word and '"' not in word:
        return word
    try:
        return "".join(shlex.split(word)) if len(word) < WORDS else word
    except ValueError:
        return word


@lru_cache(maxsize=LINES)
def _words_and_ends(line: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(_EXEC.sub("", line))[:WORDS])


def _in_a_line(line: str, program: str) -> Iterator[tuple[str, ...]]:
    words = _words_and_ends(line)
    segment: list[str] = []
    for word in [*words, ";"]:
        if word not in _END:
            segment.append(_unquoted(word))
            continue
        starts = [at for at, part in enumerate(segment) if _is_program(part, program)]
        if starts:
            # A word after an option may be its value, such as a directory or the name of a container.
            first = next((at for at in starts if at == 0 or not segment[at - 1].startswith("-")), starts[-1])
            yield tuple(segment[first + 1 :])
        segment = []


def _is_program(word: str, program: str) -> bool:
    if program not in word or word.startswith("-"):
        return False
    name = word.rsplit("/", 1)[-1]
    return name == program or (("/" in word or ":" in word) and re.split("[:@]", name, maxsplit=1)[0] == program)


def _structured(text: str) -> bool:
    return any(f"{name}:" in text or f'"{name}"' in text for name in IN_CONTAINERS) and "\n#!" not in f"\n{text[:2]}"


def _in_containers(text: str, program: str) -> Iterator[tuple[str, ...]]:
    try:
        documents = values(text)
    except Unreadable:
        return
    waiting: list[Value] = [*documents]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            words = tuple(word for name in IN_CONTAINERS for word in _words(value.get(name)))
            if words[:2] in (("sh", "-c"), ("/bin/sh", "-c"), ("bash", "-c"), ("/bin/bash", "-c")) or len(words) == 1:
                for line in logical_lines("\n".join(words[-1:])):
                    yield from _in_a_line(line, program)
            elif words and _is_program(words[0], program):
                yield words[1:]
            elif words and _is_program(str(value.get("image", "")), program):
                yield words
            waiting += value.values()


def _words(value: Value) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in value)
    return split(value) if isinstance(value, str) else ()
