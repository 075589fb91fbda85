"""The record of each step: the inputs of a program's last start, and the files that it took over."""

import json

from agent.model.json_reading import Malformed, parse
from agent.system.files import install
from agent.system.host import Host


class Record:
    """A flat mapping under /var/lib/quorate/applied. An unreadable one counts as empty, so work is repeated."""

    def __init__(self, host: Host, name: str) -> None:
        self._path = host.state(f"applied/{name}.json")

    def read(self) -> dict[str, str]:
        """The mapping; empty without a file."""
        try:
            return parse(self._path.read_bytes(), at=str(self._path)).texts()
        except (OSError, Malformed):
            return {}

    def write(self, values: dict[str, str]) -> None:
        """Replace the mapping, durably."""
        install(self._path, json.dumps(values, indent=1, sort_keys=True).encode(), mode=0o600)

    def update(self, **values: str) -> None:
        """Replace some entries."""
        self.write({**self.read(), **values})

    def forget(self, *keys: str) -> None:
        """Drop entries before what they describe is changed: an interruption in between must not look like success."""
        values = self.read()
        if any(key in values for key in keys):
            self.write({key: value for key, value in values.items() if key not in keys})
