"""Rooms with a rendered node inside."""

from collections.abc import Iterator

import pytest

import documents
from tests.unit.documents import topologies
from tests.unit.documents.issuing import issued
from tests.unit.documents.room import Room, room


@pytest.fixture(scope="module")
def local_node() -> Iterator[Room]:
    """The first node of the local preset, every file in its place."""
    plan = topologies.local()
    node = plan.nodes[0]
    with room(addresses=(f"{node.address}/24",)) as inside:
        inside.furnish(documents.files(plan, node), issued(plan, node))
        yield inside
