"""The artifact store's manifest, written by `make setup` or by your own build."""

from typing import Annotated

from pydantic import Field

from plan.settings.artifacts import Digest
from plan.settings.model import Model


class Manifest(Model):
    """Every file of the store with its digest; an empty list would verify nothing and is refused."""

    files: Annotated[tuple[Digest, ...], Field(min_length=1)]
