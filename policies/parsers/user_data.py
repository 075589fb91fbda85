"""Files inside what a cloud machine gets at its first boot: cloud-config, shell here-documents, MIME archives."""

import base64
import binascii
import gzip
import re
import zlib
from collections.abc import Mapping
from email import message_from_string

from policies.parsers.yaml_documents import stream

_HERE = re.compile(r"<<-?\s*[\"']?(?P<mark>\w+)")
_TARGET = re.compile(r"(?:>{1,2}|\btee(?:\s+-a)?)\s*[\"']?(?P<path>/[^\s\"'|;<]+)")


def decoded(text: str) -> str:
    """The text inside base64 and gzip, or the text itself where it is neither."""
    try:
        return unpacked(base64.b64decode("".join(text.split()), validate=True))
    except (binascii.Error, ValueError, zlib.error, OSError):
        return text


def unpacked(data: bytes) -> str:
    """Text of bytes that may be gzip. Bytes that are no UTF-8 raise ValueError."""
    return (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode()


def files(text: str) -> Mapping[str, str]:
    """Every file that the user data writes, by path."""
    if text.startswith(("MIME-Version:", "Content-Type: multipart")):
        found: dict[str, str] = {}
        for part in message_from_string(text).walk():
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes) and not part.is_multipart():
                found |= files(payload.decode(errors="replace"))
        return found
    return _cloud_config(text) if text.startswith("#cloud-config") else _here_documents(text)


def _cloud_config(text: str) -> Mapping[str, str]:
    found = {}
    for document in stream(text):  # cloud-init, too, ignores a cloud-config that is not YAML, and says so
        listed = document.get("write_files")
        for entry in listed if isinstance(listed, list) else ():
            if isinstance(entry, dict) and isinstance(entry.get("path"), str):
                encoding, content = str(entry.get("encoding", "")), str(entry.get("content", ""))
                found[str(entry["path"])] = decoded(content) if "64" in encoding else content
    return found


def _here_documents(text: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        here, target = _HERE.search(line), _TARGET.search(line)
        if here is None:
            continue
        body = []
        for inside in lines:
            if inside.strip() == here["mark"]:
                break
            body.append(inside)
        if target is not None:
            found[target["path"]] = "\n".join(body) + "\n"
    return found
