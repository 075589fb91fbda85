"""The configuration of CoreDNS: zones and their plugins."""

from collections.abc import Mapping


def zones(text: str) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Plugins of each zone, each with its arguments and the lines of its block; `.` is the zone of all names."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    current: dict[str, tuple[str, ...]] = {}
    plugin, depth = "", 0
    for raw in text.splitlines():
        line = raw.partition("#")[0].strip()
        words = tuple(word for word in line.split() if word not in "{}")
        if depth == 0 and words:
            current = {}
            found.update({name.partition(":")[0].partition("/")[0] or ".": current for name in words})
        elif depth == 1 and words:
            plugin = words[0]
            current[plugin] = words[1:]
        elif words:
            current[plugin] = (*current.get(plugin, ()), " ".join(words))
        depth += line.count("{") - line.count("}")
    return found
