"""DNS names as people write them: upper case and a closing dot mean the same name, and are normalised."""

from typing import Annotated

from pydantic import BeforeValidator


def _normalised(value: object) -> object:
    return value.lower().removesuffix(".") if isinstance(value, str) and value.isascii() else value


DnsName = Annotated[str, BeforeValidator(_normalised)]
