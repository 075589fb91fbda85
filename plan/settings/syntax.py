"""Grammars of the texts that end up in configuration files: what DNS, Linux, Kubernetes and HTTP accept, in ASCII only.

Python's `\\d`, `\\w` and `str.isdigit` also accept characters of other scripts, which no program on a node reads.
"""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")  # RFC 1123, in the lower case that Kubernetes requires
VALUE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")  # the value of a Kubernetes label
INTERFACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,14}")  # Linux: IFNAMSIZ is 16 bytes with the closing zero
USER = re.compile(r"[A-Za-z_][A-Za-z0-9._-]{0,31}")  # what adduser accepts with --force-badname, directories included
PATH = re.compile(r"(/[A-Za-z0-9_@+=,:%-][A-Za-z0-9._@+=,:%-]*)+")  # no component begins with a dot
PORT = re.compile(r"[1-9][0-9]{0,4}")
BUCKET_PATH = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._@+=:-]+)*/?")
URL_PATH = re.compile(r"(/[A-Za-z0-9._~@+=,:%-]*)*")
LONGEST_NAME = 253  # RFC 1035, as text without the closing dot
LONGEST_PATH = 1_000  # bytes; Linux allows 4,095, and nodes append names of their own
LAST_PORT = 65_535


def is_label(text: str) -> bool:
    """One DNS label of at most 63 characters."""
    return LABEL.fullmatch(text) is not None


def is_dns_name(text: str) -> bool:
    """One or more DNS labels.

    The last one contains a letter: `10.1.0.300` is a mistyped address, not a name (RFC 3696).
    """
    labels = text.split(".")
    return len(text) <= LONGEST_NAME and all(is_label(part) for part in labels) and not labels[-1].isdecimal()


def is_label_value(text: str) -> bool:
    """The value of a Kubernetes label."""
    return VALUE.fullmatch(text) is not None


def is_interface(text: str) -> bool:
    """Name of a network interface."""
    return INTERFACE.fullmatch(text) is not None


def is_user(text: str) -> bool:
    """Name of a Linux account."""
    return USER.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """An IP address of either family, without a zone such as `%eth0`."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def is_node_path(text: str) -> bool:
    """An absolute path on a node, in its shortest form, without characters that are special in units or shells."""
    return PATH.fullmatch(text) is not None and len(text) <= LONGEST_PATH


def is_printable(text: str) -> bool:
    """At least one character, all of them visible."""
    return bool(text.strip()) and text.isprintable()


def is_web_address(text: str, *, schemes: tuple[str, ...]) -> bool:
    """An absolute URL with a host, without user, query, fragment or characters that are special in configuration."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in schemes or "@" in text or "?" in text or "#" in text or not text.isascii():
        return False
    authority = f"[{host}]" if ":" in host else host
    port = parts.netloc[len(authority) :]
    ported = not port or (port[0] == ":" and is_port(port[1:]))
    return (is_dns_name(host) or is_address(host)) and ported and URL_PATH.fullmatch(parts.path) is not None


def is_store(text: str, *, aws: bool) -> bool:
    """Where nodes find programs: a folder (file:///...), a server (https://...) or, on AWS, a bucket (s3://...)."""
    if text.startswith("file://"):
        return is_node_path(text.removeprefix("file://").removesuffix("/"))
    if text.startswith("s3://") and aws:
        return BUCKET_PATH.fullmatch(text.removeprefix("s3://")) is not None
    return is_web_address(text, schemes=("https",))


def is_port(text: str) -> bool:
    """A port as text."""
    return PORT.fullmatch(text) is not None and int(text) <= LAST_PORT
