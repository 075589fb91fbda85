"""Formats values for reports: short, with every character visible, and never a secret."""

import re
from collections.abc import Mapping, Sequence

LONGEST = 160  # characters of a value that are shown
LONGEST_NUMBER = 20  # digits; the largest number of bytes in any setting has 19
# A header may be damaged by copying, so five hyphens, or the words, are enough.
PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]*)-----|PRIVATE KEY|-----")
# Words that have the form of a secret: AWS access keys, tokens of GitHub, Slack and Pulumi, age keys and JSON web
# tokens.
TOKEN = re.compile(
    r"(?:AKIA|ASIA)[A-Z0-9]{16}|(?:gh[opsu]|xox[abp]|pul)[_-]\w{10,}|AGE-SECRET-KEY-\w+|eyJ[\w-]{8,}\.[\w-]+"
)
LOGIN = re.compile(r"(?P<scheme>[A-Za-z][\w+.-]*://)[^/@\s]*:[^/@\s]*@")
BASE64 = re.compile(r"(?<![\w+/=~.-])[A-Za-z0-9+=][A-Za-z0-9+/=_-]{38,}")
DIGEST = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def shown(value: object) -> str:
    """One value: texts in quotes, sections and lists only by their size."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return _whole(value)
    if isinstance(value, str):
        text = safe(value)
        return text if secret(value) else f"'{text}'"
    if isinstance(value, Mapping):
        return f"a section with {_counted(len(value), 'setting')}"
    if isinstance(value, Sequence):
        return f"a list with {_counted(len(value), 'entry', 'entries')}"
    return safe(str(value))


def safe(text: str, *, longest: int = LONGEST) -> str:
    """A text that may hold a user's value: secrets are named, invisible characters escaped, and the rest is cut off."""
    if (kind := secret(text)) is not None:
        return f"{kind} (not shown)"
    text = LOGIN.sub(r"\g<scheme>(not shown)@", text)
    cut = text if len(text) <= longest else f"{text[:longest]}... ({len(text)} characters)"
    return "".join(map(_visible, cut))


def secret(text: str) -> str | None:
    """What kind of secret the text looks like; None for an ordinary text."""
    if (pem := PEM.search(text)) is not None:
        label = pem[1] or ""
        if "PRIVATE KEY" in text:
            return "a private key"
        return "a certificate" if "CERTIFICATE" in label else "PEM text"
    if TOKEN.search(text):
        return "a secret token"
    if any(_random(word) for word in BASE64.findall(text)):
        return "base64 text that may be a key"
    return None


def _random(word: str) -> bool:
    """Base64 of a key mixes all kinds of characters; paths, names and digests do not."""
    kinds = (str.islower, str.isupper, str.isdigit)
    return DIGEST.fullmatch(word) is None and all(any(kind(c) for c in word) for kind in kinds)


def _whole(value: int) -> str:
    digits = value.bit_length() * 3 // 10
    return f"a number of about {digits} digits" if digits > LONGEST_NUMBER else str(value)


def _visible(character: str) -> str:
    """Non-ASCII digits look like ASCII ones, and control characters are invisible."""
    deceptive = not character.isprintable() or (
        not character.isascii() and (character.isnumeric() or character.isspace())
    )
    return character.encode("unicode_escape").decode() if deceptive else character


def _counted(count: int, one: str, many: str | None = None) -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
