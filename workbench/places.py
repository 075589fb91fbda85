"""Paths: build results in one cache per user, state and keys inside this clone."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRIVATE = ROOT / ".quorate"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

LAUNCHERS = PRIVATE / "bin"  # the CLI and its language host, if this project built them
PULUMI_HOME = PRIVATE / "pulumi-home"
STATE = PRIVATE / "state"
PASSPHRASE = PRIVATE / "passphrase"
SSH_KEY = PRIVATE / "ssh" / "id_ed25519"
LOCAL_STACK = ROOT / "Pulumi.local.yaml"
TERRAFORM_PROVIDER = PRIVATE / "terraform-provider-aws"  # a link to the user's own copy
CLOUD = PRIVATE / "cloud"  # the emulated cloud and the state of its stacks
STAMP = PRIVATE / "setup.json"


def cache() -> Path:
    """The folder for files that are built once per user and version (XDG Base Directory Specification)."""
    given = os.environ.get("QUORATE_CACHE")
    if given:
        return Path(given).absolute()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).absolute() / "quorate"


def programs() -> Path:
    """The newest complete set of built programs, with the folders bin/, cni/ and cli/."""
    return cache() / "programs" / "current"
