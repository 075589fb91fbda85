"""Typed reading of JSON that another program wrote: errors name the path of a wrong value."""

import json
from dataclasses import dataclass


class Malformed(Exception):
    """A document does not have the expected structure."""


@dataclass(frozen=True)
class Json:
    """One value, and its path for messages."""

    value: object
    at: str

    def __getitem__(self, key: str) -> "Json":
        """The value under a key; a missing key reads as null."""
        if not isinstance(self.value, dict):
            raise Malformed(f"{self.at} must be an object, but is {type(self.value).__name__}")
        return Json(self.value.get(key), f"{self.at}.{key}")

    @property
    def present(self) -> bool:
        """Whether there is a value other than null."""
        return self.value is not None

    def text(self, default: str | None = None) -> str:
        """A string; `default` if the value is absent."""
        if self.value is None and default is not None:
            return default
        if not isinstance(self.value, str):
            raise Malformed(f"{self.at} must be a string, but is {type(self.value).__name__}")
        return self.value

    def number(self, default: int | None = None) -> int:
        """An integer, or one written as a string (protobuf's JSON form of 64-bit numbers)."""
        if self.value is None and default is not None:
            return default
        if isinstance(self.value, str) and self.value.lstrip("-").isdigit():
            return int(self.value)
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise Malformed(f"{self.at} must be an integer, but is {type(self.value).__name__}")
        return self.value

    def flag(self) -> bool:
        """A boolean; absent reads as false (protobuf's JSON form leaves false out)."""
        if self.value is None:
            return False
        if not isinstance(self.value, bool):
            raise Malformed(f"{self.at} must be true or false, but is {type(self.value).__name__}")
        return self.value

    def items(self) -> tuple["Json", ...]:
        """The values of an array; absent reads as empty."""
        if self.value is None:
            return ()
        if not isinstance(self.value, list):
            raise Malformed(f"{self.at} must be an array, but is {type(self.value).__name__}")
        return tuple(Json(item, f"{self.at}[{index}]") for index, item in enumerate(self.value))

    def texts(self) -> dict[str, str]:
        """An object of strings; absent reads as empty."""
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            raise Malformed(f"{self.at} must be an object, but is {type(self.value).__name__}")
        return {key: Json(item, f"{self.at}.{key}").text() for key, item in self.value.items()}


def parse(text: str | bytes, *, at: str) -> Json:
    """Raises Malformed if the text is not JSON."""
    try:
        return Json(json.loads(text), at)
    except ValueError as error:
        raise Malformed(f"{at} is not JSON: {error}") from error
