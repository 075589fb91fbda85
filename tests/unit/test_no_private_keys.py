"""Nothing that is committed is secret."""

import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{20}")
BODY = b"MHcCAQEEIExampleOfAKeyThatIsNone"


def committed() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout: nothing says which files are committed")
    return [PROJECT / name.decode() for name in done.stdout.split(b"\0") if name]


def test_no_private_key_is_in_the_repository() -> None:
    files = [path for path in committed() if path.is_file()]
    assert files
    assert not [path for path in files if KEY.search(path.read_bytes())]


@pytest.mark.parametrize("kind", [b"", b"EC ", b"RSA ", b"OPENSSH ", b"ENCRYPTED "])
def test_a_private_key_of_any_kind_would_be_found(kind: bytes) -> None:
    assert KEY.search(b"x = '''-----BEGIN " + kind + b"PRIVATE KEY-----\n" + BODY + b"\n'''")


def test_a_text_that_only_speaks_of_private_keys_is_none() -> None:
    assert not KEY.search(b'-----BEGIN [A-Z ]*PRIVATE KEY-----\\s+"')
