"""The provider's schemas, cached on disk: it takes seconds to produce them, and they only change with the program."""

import hashlib
import os
import tempfile
from pathlib import Path

from workbench.places import cache
from workbench.stand_ins.aws.process import TerraformProvider
from workbench.stand_ins.aws.protocol import tfplugin5_pb2 as pb


def schemas(terraform: TerraformProvider) -> pb.SchemaResponse:
    """All schemas of the provider."""
    kept = _place(terraform.program)
    if kept.exists():
        return pb.SchemaResponse.FromString(kept.read_bytes())
    answer = terraform.call("GetSchema", pb.SchemaRequest(), pb.SchemaResponse)
    answer.DiscardUnknownFields()  # the descriptions are most of the size
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as file:
        file.write(answer.SerializeToString())
    Path(file.name).replace(kept)
    return answer


def _place(program: Path) -> Path:
    stat: os.stat_result = program.stat()
    key = hashlib.sha256(f"{program}:{stat.st_size}:{stat.st_mtime_ns}".encode()).hexdigest()[:16]
    return cache() / "terraform-schemas" / f"{key}.pb"
