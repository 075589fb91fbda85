"""Shell scripts: the files that they write, and the remaining commands."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from policies.parsers.limits import DOCUMENT, EXPANSION, FILES
from policies.parsers.packed import decoded
from policies.parsers.yaml_values import Unreadable

_HERE = re.compile(r"(?<!<)<<(?P<dash>-?)[ \t]*(?P<quote>[\"'\\]?)(?P<mark>\w+)")
_TARGET = re.compile(r"(?P<way>>{1,2}|\btee\b(?:[ \t]+-\w+)*)[ \t]*[\"']?(?P<path>[^\s\"'|;<>&]+)")
_VARIABLE = re.compile(
    r"(?:(?:export|readonly|local|declare)\s+(?:-\w+\s+)?)?([A-Za-z_]\w*)=(\S*|\"[^\"`]*\"|'[^']*')$"
)
_ESCAPED = re.compile(r"\\([\\$`\n])")
_USED = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")
_ECHO = re.compile(
    r"\b(?P<word>echo|printf)[ \t]+(?:-\w+[ \t]+)*"
    r"(?:'(?P<plain>[^']*)'|\"(?P<double>[^\"]*)\"|(?P<bare>[\w+/=]+))"
    r"(?P<pipe>[ \t]*\|[^>\n]{0,80}?)?[ \t]*"
    r"(?P<way>>{1,2}|\|[ \t]*(?:sudo[ \t]+)?tee\b(?:[ \t]+-\w+)*)[ \t]*[\"']?"
    r"(?P<path>/[^\s\"'|;<>&]+)"
)


@dataclass
class Script:
    """`files` by path. A here-document that a program reads is in it as `here-document N`."""

    files: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)

    def write(self, path: str, text: str, *, append: bool) -> None:
        """Add a file, or append to one."""
        if len(self.files) >= FILES:
            raise Unreadable(f"it writes more than {FILES} files")
        self.files[path] = (self.files.get(path, "") if append else "") + text


def logical_lines(text: str) -> Iterator[str]:
    """Lines with their continuations, without comments and empty lines."""
    held: list[str] = []
    for line in text.splitlines():
        if not held and line.lstrip().startswith("#"):
            continue
        if line.endswith("\\"):
            held.append(line[:-1])
            continue
        whole = " ".join([*held, line]) if held else line
        held = []
        if whole.strip():
            yield whole
    if held:
        yield " ".join(held)


def script(text: str) -> Script:
    """Split a script into files and commands."""
    found, variables = Script(), dict[str, str]()
    lines = iter(text.splitlines())
    plain: list[str] = []
    for line in lines:
        # The plain comparisons come first: a hostile script has 300,000 lines, which neither pattern matches.
        if "<<" in line and not line.lstrip().startswith("#") and (here := _HERE.search(line)):
            body = _body(lines, here["mark"], tabs=bool(here["dash"]))
            content = "\n".join(body) + "\n"
            _take(found, line, content if here["quote"] else _unquoted(content, variables), variables)
            plain.append(_HERE.sub("", line))
            continue
        said = _VARIABLE.match(line.strip().rstrip("; ")) if "=" in line else None
        if said and "$(" not in said[2] and "`" not in said[2]:
            value = expanded(said[2].strip("\"'"), variables)
            variables[said[1]] = value if len(value) <= EXPANSION else said[0]
        plain.append(line)
    rest = "\n".join(plain)
    for echo in _ECHO.finditer(rest):
        _echoed(found, echo, variables)
    found.commands = [expanded(line, variables) for line in logical_lines(rest)]
    return found


def expanded(text: str, variables: Mapping[str, str]) -> str:
    """The text with plain variables expanded; all others stay as written."""
    if "$" not in text or not variables:
        return text
    text = _USED.sub(lambda used: variables.get(used[1] or used[2], used[0]), text)
    if len(text) > DOCUMENT:
        raise Unreadable(f"it has more than {DOCUMENT} characters when its variables are replaced")
    return text


def _unquoted(content: str, variables: Mapping[str, str]) -> str:
    """A here-document without quotes around its delimiter: the shell expands variables and removes backslashes."""
    parts = _ESCAPED.split(content)
    # The pattern's one group alternates with the text around it.
    return "".join(part.strip("\n") if at % 2 else expanded(part, variables) for at, part in enumerate(parts))


def _body(lines: Iterator[str], mark: str, *, tabs: bool) -> list[str]:
    body = []
    for inside in lines:
        line = inside.lstrip("\t") if tabs else inside
        if line.rstrip() == mark:
            break
        body.append(line)
    return body


def _take(found: Script, line: str, content: str, variables: Mapping[str, str]) -> None:
    target = _TARGET.search(_HERE.sub(" ", line))
    path = expanded(target["path"], variables) if target else ""
    if not path.startswith("/") or path.startswith("/dev/"):
        found.write(f"here-document {len(found.files) + 1}", content, append=False)
        return
    if "base64" in line:
        content = decoded(content)
    append = target is not None and (target["way"] == ">>" or " -a" in target["way"])
    found.write(path, content, append=append)


def _echoed(found: Script, echo: re.Match[str], variables: Mapping[str, str]) -> None:
    text = echo["plain"]
    if text is None:
        text = expanded(echo["double"] if echo["double"] is not None else echo["bare"], variables)
    if echo["word"] == "printf":
        text = text.replace("\\n", "\n").replace("%%", "%")
    if echo["pipe"] and "base64" in echo["pipe"]:
        text = decoded(text)
    found.write(
        echo["path"], text + ("\n" if echo["word"] == "echo" else ""), append=echo["way"] == ">>" or "-a" in echo["way"]
    )
