"""The `aws` plugin's process."""

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from provider.protocol.plugin import run
from workbench.places import TERRAFORM_PROVIDER
from workbench.stand_ins.aws.binary import ABSENT, find
from workbench.stand_ins.aws.process import TerraformProvider
from workbench.stand_ins.aws.provider import Aws


def version() -> str:
    """The plugin version of the installed SDK."""
    spec = find_spec("pulumi_aws")
    if spec is None or spec.origin is None:
        message = "pulumi_aws is not installed; `make setup` installs it"
        raise LookupError(message)
    plugin: dict[str, str] = json.loads(Path(spec.origin).with_name("pulumi-plugin.json").read_text(encoding="utf-8"))
    return plugin["version"]


def main() -> None:
    """Serve the engine."""
    program = TERRAFORM_PROVIDER.resolve() if TERRAFORM_PROVIDER.exists() else find(os.environ)
    if program is None:
        sys.exit(ABSENT)
    terraform = TerraformProvider(program)
    run(Aws(terraform, version=version()), sys.argv[1:])
