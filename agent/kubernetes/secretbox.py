"""Decrypts values of the API server's provider `secretbox`: XSalsa20 and Poly1305 (NaCl's crypto_secretbox).

A minimal machine has no library for it. Used to show that a snapshot can be read, one object at a time; it does
not encrypt.
"""

import base64
import hmac
import re
import struct

KEY_BYTES, NONCE_BYTES, TAG_BYTES, BLOCK_BYTES = 32, 24, 16, 64
_SIGMA = struct.unpack("<4I", b"expand 32-byte k")
_MASK = 0xFFFFFFFF
# "k8s:enc:secretbox:v1:<key name>:" is an unencrypted prefix of each object.
_SEALED = re.compile(rb"k8s:enc:secretbox:v1:([^:]{1,64}):")
_KEYS = re.compile(r"name: \"?([\w.-]+)\"?\s+secret: \"?([A-Za-z0-9+/=]+)")
_DOUBLE_ROUND = (
    *((0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11)),
    *((0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14)),
)


class NotOpened(Exception):
    """An object cannot be read with these keys."""


def keys(configuration: str) -> dict[str, bytes]:
    """The keys of an EncryptionConfiguration of this project, by name."""
    return {name: base64.b64decode(secret) for name, secret in _KEYS.findall(configuration)}


def open_object(stored: bytes, known: dict[str, bytes]) -> tuple[str, bytes]:
    """The name of the key and the object as the API server reads it; `identity` if it is stored in plain text.

    Raises NotOpened.
    """
    found = _SEALED.match(stored)
    if found is None:
        if stored.startswith(b"k8s:enc:"):
            raise NotOpened("it is encrypted by a provider that this project does not configure")
        return "identity", stored
    name = found.group(1).decode()
    if name not in known:
        raise NotOpened(f"it needs {name}, and this node has {', '.join(known) or 'no key'}")
    sealed = stored[found.end() :]
    return name, open_box(sealed[NONCE_BYTES:], nonce=sealed[:NONCE_BYTES], key=known[name])


def open_box(box: bytes, *, nonce: bytes, key: bytes) -> bytes:
    """Decrypt a tag and its ciphertext. Raises NotOpened if the key or the content is wrong."""
    tag, ciphertext = box[:TAG_BYTES], box[TAG_BYTES:]
    subkey = _hsalsa20(key, nonce[:16])
    stream = b"".join(_block(subkey, nonce[16:], number) for number in range((32 + len(ciphertext)) // BLOCK_BYTES + 1))
    if not hmac.compare_digest(_poly1305(ciphertext, stream[:32]), tag):
        raise NotOpened("its authentication tag does not match: another key, or corrupt content")
    return bytes(a ^ b for a, b in zip(ciphertext, stream[32:], strict=False))


def _rounds(state: list[int]) -> list[int]:
    x = list(state)
    for _ in range(10):
        for a, b, c, d in _DOUBLE_ROUND:
            x[b] ^= _turned(x[a] + x[d], 7)
            x[c] ^= _turned(x[b] + x[a], 9)
            x[d] ^= _turned(x[c] + x[b], 13)
            x[a] ^= _turned(x[d] + x[c], 18)
    return x


def _turned(value: int, by: int) -> int:
    value &= _MASK
    return ((value << by) | (value >> (32 - by))) & _MASK


def _state(key: bytes, middle: bytes) -> list[int]:
    k, n = struct.unpack("<8I", key), struct.unpack("<4I", middle)
    return [_SIGMA[0], *k[:4], _SIGMA[1], *n, _SIGMA[2], *k[4:], _SIGMA[3]]


def _hsalsa20(key: bytes, nonce: bytes) -> bytes:
    x = _rounds(_state(key, nonce))
    return struct.pack("<8I", *(x[i] for i in (0, 5, 10, 15, 6, 7, 8, 9)))


def _block(key: bytes, nonce: bytes, number: int) -> bytes:
    state = _state(key, nonce + struct.pack("<Q", number))
    return struct.pack("<16I", *((a + b) & _MASK for a, b in zip(state, _rounds(state), strict=True)))


def _poly1305(message: bytes, key: bytes) -> bytes:
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    sum_ = 0
    for at in range(0, len(message), 16):
        sum_ = (sum_ + int.from_bytes(message[at : at + 16] + b"\1", "little")) * r % ((1 << 130) - 5)
    return ((sum_ + int.from_bytes(key[16:], "little")) & ((1 << 128) - 1)).to_bytes(16, "little")
