"""The operator's own files that settings name: the SSH key and the store's manifest.

Apart from `chart_archive`, this is the only module of the plan that reads files. Settings that could not be read are
left out here, because they are reported already.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from plan.loading import chart_archive, form
from plan.loading.disk import UnreadableFile, read_file
from plan.refusal import Refusal, Refused
from plan.settings.artifacts import Digest
from plan.settings.cluster import Settings
from plan.settings.manifest import Manifest
from plan.settings.model import Unread
from plan.validation.reach import public_key_problem
from plan.visible import secret, shown

PRIVATE_KEY_TYPES = (b"OPENSSH ", b"RSA ", b"EC ", b"ENCRYPTED ", b"")  # the words before PRIVATE KEY (OpenSSH, PEM)
PUBLIC_KEY_TYPES = (b"ssh-", b"ecdsa-", b"sk-")
OTHERS = 0o077
LARGEST_KEY = 2**20  # bytes; an RSA key of 16,384 bits takes 12 KB
LARGEST_MANIFEST = 16 * 2**20  # bytes; a store has some thirty files


def problems(settings: Settings, directory: Path) -> Iterator[Refusal]:
    """Every file that is missing, unreadable or not what it should be. Relative paths are relative to `directory`."""
    for check in (_private_key, _public_key, chart_archive.problems, _manifest):
        with suppress(Unread):
            yield from check(settings, directory)


def needs_public_key(settings: Settings) -> bool:
    """Whether instances on AWS accept the key beside `ssh.privateKeyPath`."""
    return settings.aws is not None and settings.aws.access.public_key is None


def digests(settings: Settings, directory: Path) -> tuple[Digest, ...]:
    """The digests that the store's manifest gives, or those of the settings. Raises `Refused`."""
    if settings.artifacts.manifest is None:
        return settings.artifacts.digests
    what = 'a manifest: {"files": [{"path", "sha256", "kind": "binary", "cni", "image" or "package"}, ...]}'
    why = "every file of the store is verified by the digest in the manifest"
    try:
        content = read_file(settings.artifacts.manifest, directory, largest=LARGEST_MANIFEST).content
        return Manifest.model_validate_json(content).files
    except UnreadableFile as reason:
        found = f"{shown(settings.artifacts.manifest)}, which is {reason}"
    except ValidationError as error:
        found = f"{shown(settings.artifacts.manifest)}: {_first(error)}"
    fix = _setup_or(settings, "write the store's manifest.json beside the program, or correct the path")
    raise Refused([Refusal(at="artifacts.manifest", what=what, found=found, why=why, fix=fix)])


def _manifest(settings: Settings, directory: Path) -> Iterator[Refusal]:
    if settings.artifacts.source == "store":
        try:
            digests(settings, directory)
        except Refused as refused:
            yield from refused.refusals


def _private_key(settings: Settings, directory: Path) -> Iterator[Refusal]:
    at, given = "ssh.privateKeyPath", settings.ssh.private_key_path
    if settings.kind != "hosts" or not given.strip() or secret(given):
        return  # `plan.validation.reach` reports a missing path, and a key in place of its path
    why = "every host is reached by SSH with this key"
    fix = _setup_or(settings, "make a key with `ssh-keygen -t ed25519`, or correct the path")
    try:
        file = read_file(given, directory, largest=LARGEST_KEY)
    except UnreadableFile as reason:
        found = f"{shown(given)}, which is {reason}"
        yield Refusal(at=at, what="the path of a private key", found=found, why=why, fix=fix)
        return
    if not any(file.content.startswith(b"-----BEGIN " + kind + b"PRIVATE KEY-----") for kind in PRIVATE_KEY_TYPES):
        public = file.content.startswith(PUBLIC_KEY_TYPES)
        found = f"{shown(given)}, which holds {'a public key' if public else 'something else'}"
        fix = "leave out `.pub`" if public and given.endswith(".pub") else fix
        yield Refusal(at=at, what="the path of a private key in OpenSSH or PEM format", found=found, why=why, fix=fix)
    elif file.mode & OTHERS:
        yield Refusal(
            at=at,
            what="a file that only its owner can read",
            found=f"{file.path} with mode {file.mode:04o}",
            why="ssh refuses a key that others can read, and anyone who reads it can become root on every host",
            fix=f"chmod 600 {file.path}",
        )


def public_key(settings: Settings, directory: Path) -> str:
    """The public half of the SSH key, from the file beside it. Raises `UnreadableFile`."""
    content = read_file(f"{settings.ssh.private_key_path}.pub", directory, largest=LARGEST_KEY).content
    return content.decode("ascii", "replace").strip()


def _public_key(settings: Settings, directory: Path) -> Iterator[Refusal]:
    given = settings.ssh.private_key_path
    needed = settings.local_machines is not None or needs_public_key(settings)
    if not needed or not given.strip() or secret(given):
        return
    if settings.kind == "hosts":
        try:
            read_file(given, directory, largest=LARGEST_KEY)
        except UnreadableFile:
            return  # the private key is missing too, which is reported already
    try:
        problem = public_key_problem(public_key(settings, directory))
    except UnreadableFile as reason:
        found = f"without {shown(f'{given}.pub')}, which is {reason}"
    else:
        if problem is None:
            return
        found = f"beside {shown(f'{given}.pub')}, which holds {problem}"
    yield Refusal(
        at="ssh.privateKeyPath",
        what="a key whose public half is in the same folder, with `.pub` at the end of its name",
        found=found,
        why="new machines accept this key, and nothing else lets an operator in",
        fix=f"run `make setup`, or write it: ssh-keygen -y -f {given} > {given}.pub"
        + (", or set `aws.access.publicKey`" if settings.kind == "aws" else ""),
    )


def _first(error: ValidationError) -> str:
    problem, count = error.errors(include_input=False)[0], error.error_count()
    more = f" (and {count - 1} more)" if count > 1 else ""
    return f"{form.path_text(problem['loc'])} is not {form.expected(problem)}{more}"


def _setup_or(settings: Settings, otherwise: str) -> str:
    return "run `make setup`" if settings.local_machines is not None else otherwise
