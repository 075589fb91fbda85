"""Renders the texts that machines read, from the plan alone: no Pulumi, no files, no network.

`files(plan, node)` is everything that is not secret; `secret_files` and `certificate_files` name what components fill
in, because keys and certificates exist only after the program has run; `manifest(plan, node)` is the agent's node.json.
`node` is one of `plan.nodes` or of `dedicated_hosts(plan)`.
"""

from documents.balancing import dedicated_hosts
from documents.file import CertificateFile, File, SecretFile, Step
from documents.inventory import files
from documents.issued import certificate_files, secret_files
from documents.manifest import manifest

__all__ = [
    "CertificateFile",
    "File",
    "SecretFile",
    "Step",
    "certificate_files",
    "dedicated_hosts",
    "files",
    "manifest",
    "secret_files",
]
