"""The holders of the cluster's lock over time, from the CLI's output."""

import re

_EVENT = re.compile(r"quorate:hosts:Node (?P<node>\S+) updat(?:ing|ed) .*; cluster lock (?P<what>held|released)")


def holders(output: str) -> list[str]:
    """Nodes in the order in which they held the lock. Raises `AssertionError` if two held it at the same time."""
    order: list[str] = []
    holder: str | None = None
    for event in _EVENT.finditer(output):
        node = event["node"]
        if event["what"] == "held":
            if holder not in {None, node}:
                raise AssertionError(f"{node} held the cluster's lock while {holder} also held it")
            if holder is None:
                order.append(node)
            holder = node
        elif node == holder:
            holder = None
    return order
