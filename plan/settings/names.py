"""DNS names as people write them: case and a closing dot make no difference and are normalised."""

from typing import Annotated

from pydantic import BeforeValidator


def _normalised(value: object) -> object:
    return value.lower().removesuffix(".") if isinstance(value, str) and value.isascii() else value


DnsName = Annotated[str, BeforeValidator(_normalised)]
