"""The slowest parts of an update, from the engine's event log."""

import json
from collections import defaultdict


def slowest(log: str, *, count: int) -> list[tuple[str, float]]:
    """The longest operation of each resource type in seconds, for the `count` slowest types.

    `log`: one JSON event per line, with times in whole seconds.
    """
    begun: dict[str, float] = {}
    longest: dict[str, float] = defaultdict(float)
    for event in map(json.loads, log.splitlines()):
        if before := event.get("resourcePreEvent"):
            begun[before["metadata"]["urn"]] = event["timestamp"]
        elif after := event.get("resOutputsEvent"):
            made = after["metadata"]
            took = event["timestamp"] - begun.get(made["urn"], event["timestamp"])
            longest[made["type"]] = max(longest[made["type"]], took)
    return sorted(longest.items(), key=lambda each: -each[1])[:count]
