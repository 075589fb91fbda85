"""What only the operator's disk can tell: the SSH key, the store's manifest, charts.

With `chart_archive`, the one place of the plan that reads files.
"""

import stat
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from plan.loading import chart_archive
from plan.refusal import Refusal, Refused
from plan.settings.artifacts import Digest
from plan.settings.aws import Aws
from plan.settings.cluster import Settings
from plan.settings.manifest import Manifest

PRIVATE_KEY_TYPES = (b"OPENSSH", b"RSA", b"EC", b"ENCRYPTED", b"")  # the word before PRIVATE KEY, OpenSSH's and PEM's
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def look(settings: Settings, directory: Path) -> Settings:
    """The settings with the store's digests filled in; relative paths count from `directory`, `~` is the home.

    Raises `Refused` with every problem: SSH key or manifest missing, unreadable, or not what it should be.
    """
    problems = list(_key_problems(settings, directory)) if settings.kind == "hosts" else []
    problems.extend(chart_archive.problems(settings, directory))
    aws = settings.aws
    try:
        aws = _with_public_key(settings, directory)
    except Refused as refused:
        problems.extend(refused.refusals)
    digests: tuple[Digest, ...] = ()
    try:
        digests = _digests(settings, directory)
    except Refused as refused:
        problems.extend(refused.refusals)
    if problems:
        raise Refused(problems)
    artifacts = settings.artifacts.model_copy(update={"digests": digests})
    return settings.model_copy(update={"artifacts": artifacts, "aws": aws})


def _with_public_key(settings: Settings, directory: Path) -> Aws | None:
    """The AWS section with the public key that new instances accept. Raises `Refused`."""
    aws = settings.aws
    if aws is None or aws.access.public_key is not None:
        return aws
    private = _resolved(settings.ssh.private_key_path, directory)
    path = private.with_name(f"{private.name}.pub")
    why = "new instances accept this key, and nothing else lets an operator in"
    fix = "run `make setup`, correct `ssh.privateKeyPath`, or give the key as `aws.access.publicKey`"
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        found = error.strerror if isinstance(error, OSError) else "not a text"
        got = f"{path} ({found})"
        raise Refused([Refusal(at="ssh.privateKeyPath", bound="a key pair", got=got, why=why, fix=fix)]) from None
    return aws.model_copy(update={"access": aws.access.model_copy(update={"public_key": text})})


def _key_problems(settings: Settings, directory: Path) -> Iterator[Refusal]:
    at = "ssh.privateKeyPath"
    path = _resolved(settings.ssh.private_key_path, directory)
    why = "every host is reached by SSH with this key"
    fix = _setup_or(settings, "make a key with `ssh-keygen -t ed25519`, or correct the path")
    try:
        mode = path.stat().st_mode
        content = path.read_bytes() if stat.S_ISREG(mode) else b""
    except OSError as error:
        got = f"{path} ({error.strerror})"
        yield Refusal(at=at, bound="a private key that can be read", got=got, why=why, fix=fix)
        return
    if not any(content.startswith(b"-----BEGIN " + _words(kind)) for kind in PRIVATE_KEY_TYPES):
        public = content.startswith((b"ssh-", b"ecdsa-"))
        got = f"{path}, {'a public key' if public else 'something else'}"
        fix = "leave out `.pub`" if public else fix
        yield Refusal(at=at, bound="a private key of OpenSSH or PEM form", got=got, why=why, fix=fix)
    if mode & OTHERS:
        yield Refusal(
            at=at,
            bound="a file that only its owner may touch",
            got=f"{path} with mode {stat.S_IMODE(mode):04o}",
            why="ssh refuses a key that others may read, and whoever reads it is root on every host",
            fix=f"chmod 600 {path}",
        )


def _digests(settings: Settings, directory: Path) -> tuple[Digest, ...]:
    if settings.artifacts.manifest is None:
        return settings.artifacts.digests
    at = "artifacts.manifest"
    path = _resolved(settings.artifacts.manifest, directory)
    fix = _setup_or(settings, "write the store's manifest.json beside the program, or correct the path")
    bound = 'a manifest: {"files": [{"path", "sha256", "kind": "binary" | "cni" | "image"}, ...]}'
    try:
        return Manifest.model_validate_json(path.read_bytes()).files
    except OSError as error:
        got, why = f"{path} ({error.strerror})", "every file of the store is verified by the digest that stands there"
    except ValidationError as error:
        got, why = f"{path}: {_first(error)}", "a file whose digest is not known would not be verified"
    raise Refused([Refusal(at=at, bound=bound, got=got, why=why, fix=fix)])


def _first(error: ValidationError) -> str:
    problem, count = error.errors(include_input=False)[0], error.error_count()
    place = ".".join(str(part) for part in problem["loc"])
    more = f" (and {count - 1} more)" if count > 1 else ""
    return f"{place or 'the whole'}: {problem['msg']}{more}"


def _words(kind: bytes) -> bytes:
    return kind + b" PRIVATE KEY-----" if kind else b"PRIVATE KEY-----"


def _resolved(text: str, directory: Path) -> Path:
    return directory / Path(text).expanduser()


def _setup_or(settings: Settings, otherwise: str) -> str:
    return "run `make setup`" if settings.local_machines is not None else otherwise
