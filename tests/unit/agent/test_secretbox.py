"""The box of the NaCl paper ("Cryptography in NaCl", section 10) opens, and nothing else does."""

import base64

import pytest

from agent.kubernetes.secretbox import NotOpened, keys, open_box, open_object

KEY = bytes.fromhex("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389")
NONCE = bytes.fromhex("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37")
BOX = bytes.fromhex(
    "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b"
    "4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da"
    "99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5"
)
MESSAGE = bytes.fromhex(
    "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f4"
    "1db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52"
    "f0a089bc76897040e082f937763848645e0705"
)
CONFIGURATION = f"""providers:
  - secretbox:
      keys:
        - name: key-0a1b2c3d
          secret: {base64.b64encode(KEY).decode()}
  - identity: {{}}
"""


def test_the_box_of_the_paper_opens() -> None:
    assert open_box(BOX, nonce=NONCE, key=KEY) == MESSAGE


def test_a_box_with_one_other_bit_or_another_key_does_not_open() -> None:
    with pytest.raises(NotOpened, match="tag does not match"):
        open_box(BOX[:-1] + bytes([BOX[-1] ^ 1]), nonce=NONCE, key=KEY)
    with pytest.raises(NotOpened, match="tag does not match"):
        open_box(BOX, nonce=NONCE, key=bytes(32))


def test_an_object_is_opened_with_the_key_that_it_names() -> None:
    stored = b"k8s:enc:secretbox:v1:key-0a1b2c3d:" + NONCE + BOX
    assert open_object(stored, keys(CONFIGURATION)) == ("key-0a1b2c3d", MESSAGE)
    with pytest.raises(NotOpened, match="it needs key-0a1b2c3d, and this node has no key"):
        open_object(stored, {})
    assert open_object(b"k8s\0object", {}) == ("identity", b"k8s\0object")
