"""AWS Backup: serves tags of a resource with and without a slash at the end."""

import json
from collections.abc import Callable
from urllib.parse import unquote

from moto.backup.responses import BackupResponse

from workbench.cloud.replacing import instead_of


@instead_of(BackupResponse, "list_tags")
def list_tags(original: Callable[..., str], self: BackupResponse) -> str:  # noqa: ARG001 -- it reads another path
    """Go's SDK sends no slash."""
    arn = unquote(self.path.split("/tags/", 1)[1].rstrip("/"))
    return json.dumps({"Tags": self.backup_backend.list_tags(resource_arn=arn)})
