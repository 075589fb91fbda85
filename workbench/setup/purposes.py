"""The purposes of a set-up."""

import re
from enum import StrEnum
from pathlib import Path


class Purpose(StrEnum):
    """`up` prepares the local stack, `aws` stacks in an AWS account, `test` all tests, `lint` only checks.

    `aws` needs neither root nor Linux: the CLI, the official plugins and the Python environment.
    """

    UP = "up"
    AWS = "aws"
    TEST = "test"
    LINT = "lint"


def on_aws(stack: str, project: Path) -> bool:
    """Whether the stack's settings say that it is on AWS. Read as text: a fresh machine has no YAML parser."""
    file = project / f"Pulumi.{stack}.yaml"
    return file.exists() and bool(re.search(r"^\s+quorate:kind:\s*[\"']?aws\b", file.read_text("utf-8"), re.MULTILINE))
