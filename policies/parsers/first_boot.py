"""What a machine gets at its first boot: the files that are written and the commands that run, in every usual form."""

import binascii
import re
import shlex
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_string
from email.message import Message
from urllib.parse import unquote_to_bytes

from policies.parsers.limits import DOCUMENT, FILES, LAYERS
from policies.parsers.packed import GZIP, decoded, unpacked
from policies.parsers.shell import script
from policies.parsers.yaml_documents import values
from policies.parsers.yaml_values import Unreadable
from policies.properties import Value

_HEADER = re.compile(r"[A-Za-z-]{1,40}:")
_HEAD = 4096  # characters at the start in which an archive identifies itself
MULTIPARTS = 20  # archives in one text, nested or side by side; cloud-init's own tools write one
SHEBANG = re.compile(r"#![^\n]{0,80}\b(?:ba|da)?sh\b")
JINJA = "## template:"
TEMPLATED = re.compile(r"\{\{[^{}\n]{0,200}\}\}|\{%[^{}\n]{0,200}%\}")
UNITS = "/etc/systemd/system/"


@dataclass
class FirstBoot:
    """`problems` maps a place in the text to why it cannot be read."""

    files: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)

    def write(self, path: str, text: str, *, append: bool = False) -> None:
        """Add a file, or append to one."""
        if len(self.files) >= FILES:
            raise Unreadable(f"it writes more than {FILES} files")
        self.files[path] = (self.files.get(path, "") if append else "") + text


def first_boot(text: str) -> FirstBoot:
    """Split a first-boot text into files and commands.

    Never raises: anything unreadable becomes a problem in the result.
    """
    found = FirstBoot()
    try:
        _take(found, decoded(text) if len(text) <= DOCUMENT else text, 0)
        _scripts(found)
    except Unreadable as error:
        found.problems[""] = str(error)
    return found


def _take(found: FirstBoot, text: str, layer: int, kind: str = "") -> None:
    if layer > LAYERS:
        raise Unreadable(f"it has more than {LAYERS} layers")
    if len(text) > DOCUMENT:
        raise Unreadable(f"it has {len(text)} characters, more than {DOCUMENT}")
    text = text.lstrip("\ufeff\r\n\t ")
    if text.startswith(JINJA):
        text = TEMPLATED.sub("template", text.partition("\n")[2]).lstrip()
    if _HEADER.match(text) and re.search(r"(?im)^content-type:[ \t]*multipart/", text[:_HEAD]):
        _archive(found, text, layer)
    elif text.startswith("#cloud-config-archive"):
        _parts(found, text, layer)
    elif text.startswith("#cloud-config") or "cloud-config" in kind:
        _cloud_config(found, text)
    elif text.startswith("{") and '"ignition"' in text[:DOCUMENT]:
        _ignition(found, text)
    else:
        written = script(text)
        for path, content in written.files.items():
            found.write(path, content)
        found.commands += written.commands


def _scripts(found: FirstBoot) -> None:
    """Parse the scripts among the files; only their commands remain."""
    for path, content in list(found.files.items()):
        if SHEBANG.match(content):
            written = script(content)
            for inner, text in written.files.items():
                found.write(inner if inner.startswith("/") else f"{path}: {inner}", text)
            if written.files:
                found.files[path] = "\n".join(written.commands)


def _archive(found: FirstBoot, text: str, layer: int) -> None:
    if text.lower().count("multipart/") > MULTIPARTS:
        raise Unreadable(f"it has more than {MULTIPARTS} archives")
    try:
        parts = [part for part in message_from_string(text).walk() if not part.is_multipart()]
    except (ValueError, LookupError, RecursionError):
        raise Unreadable("it is not a MIME archive") from None
    for part in parts[:FILES]:
        _take(found, _payload(part), layer + 1, part.get_content_type())


def _payload(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return str(part.get_payload())
    return unpacked(payload) if payload[:2] == GZIP else payload.decode(errors="replace")


def _parts(found: FirstBoot, text: str, layer: int) -> None:
    for document in values(text):
        for part in document if isinstance(document, list) else ():
            if isinstance(part, str):
                _take(found, part, layer + 1)
            elif isinstance(part, dict) and isinstance(content := part.get("content"), str):
                _take(found, content, layer + 1, str(part.get("type", "")))


def _cloud_config(found: FirstBoot, text: str) -> None:
    try:
        documents = values(text)
    except Unreadable as error:  # cloud-init, too, ignores a cloud-config that is not YAML
        found.problems["cloud-config"] = str(error)
        return
    for document in documents:
        if not isinstance(document, dict):
            continue
        for entry in _mappings(document.get("write_files")):
            _written(found, entry)
        for name in ("bootcmd", "runcmd"):
            _run(found, document.get(name))
        if packages := document.get("packages"):
            listed = [str(item[0] if isinstance(item, list) and item else item) for item in _list(packages)]
            found.commands.append(f"apt-get install -y {shlex.join(listed)}")
        if isinstance(clock := document.get("ntp"), dict) and clock.get("enabled") is not False:
            found.commands.append(f"systemctl enable --now {clock.get('ntp_client') or 'chrony'}")


def _written(found: FirstBoot, entry: Mapping[str, Value]) -> None:
    path, content = entry.get("path"), entry.get("content")
    if not isinstance(path, str):
        return
    encoding, text = str(entry.get("encoding") or ""), "" if content is None else str(content)
    try:
        if "b64" in encoding or "base64" in encoding:
            text = unpacked(b64decode("".join(text.split())))
    except (binascii.Error, ValueError) as error:
        found.problems[path] = str(error) if isinstance(error, Unreadable) else "it is not base64"
        return
    found.write(path, text, append=entry.get("append") is True)


def _run(found: FirstBoot, commands: Value) -> None:
    for command in _list(commands):
        written = script(_line(command))
        for path, content in written.files.items():
            found.write(path, content)
        found.commands += written.commands


def _line(command: Value) -> str:
    """A command of cloud-init as a shell command line."""
    if not isinstance(command, list):
        return command if isinstance(command, str) else ""
    words = [str(word) for word in command]
    shell = words[:2] in (["sh", "-c"], ["bash", "-c"], ["/bin/sh", "-c"], ["/bin/bash", "-c"])
    return " ".join(words[2:]) if shell else shlex.join(words)


def _ignition(found: FirstBoot, text: str) -> None:
    for document in values(text):
        if not isinstance(document, dict):
            continue
        storage, systemd = document.get("storage"), document.get("systemd")
        for entry in _mappings(storage.get("files") if isinstance(storage, dict) else None):
            contents = entry.get("contents")
            if isinstance(contents, dict):
                _sourced(found, str(entry.get("path")), contents)
        for unit in _mappings(systemd.get("units") if isinstance(systemd, dict) else None):
            name = str(unit.get("name"))
            found.write(f"{UNITS}{name}", str(unit.get("contents") or ""))
            if unit.get("enabled"):
                found.commands.append(f"systemctl enable --now {name}")
            for dropin in _mappings(unit.get("dropins")):
                found.write(f"{UNITS}{name}.d/{dropin.get('name')}", str(dropin.get("contents") or ""))


def _sourced(found: FirstBoot, path: str, contents: Mapping[str, Value]) -> None:
    source = str(contents.get("source") or "")
    head, comma, body = source.partition(",")
    if not source.startswith("data:") or not comma:
        return  # fetched from elsewhere when the machine boots
    try:
        data = unquote_to_bytes(body)
        found.write(path, unpacked(b64decode(data) if head.endswith(";base64") else data))
    except (binascii.Error, ValueError) as error:
        found.problems[path] = str(error) if isinstance(error, Unreadable) else "it is not a data URL"


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _mappings(value: Value) -> list[dict[str, Value]]:
    return [item for item in _list(value) if isinstance(item, dict)]
