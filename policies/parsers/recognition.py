"""Recognizes what a text is from its content, not from its name."""

import re

_DOCUMENT = re.compile(r"(?:[ \t]*(?:#(?!!)[^\n]*)?\n){0,50}[ \t]*(?:---|\{|\[|[A-Za-z\"'][\w\"']*[ \t]*:)")
_PROXIES = ("frontend", "backend", "listen")


def is_document(text: str) -> bool:
    """Whether a text claims to be YAML or JSON; a script may only mention a document."""
    return _DOCUMENT.match(text) is not None


def is_haproxy(text: str) -> bool:
    """Whether a text is a configuration of HAProxy."""
    return "server " in text and "bind" in text and any(f"{word} " in text for word in _PROXIES)


def is_stream(text: str) -> bool:
    """Whether a text is a configuration of nginx with a stream proxy."""
    return "upstream" in text and "stream" in text and "proxy_pass" in text
